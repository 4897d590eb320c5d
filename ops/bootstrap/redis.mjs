import net from 'node:net';
import path from 'node:path';
import { findRedis } from './redis-binaries.mjs';
import { makePrivateFolder, writePrivateFile } from './service-user.mjs';
import { supervise } from './supervise.mjs';

/**
 * Starts a private Redis in the data folder, on 127.0.0.1 only, with a password; it keeps an append-only file unless
 * `durable` is false. `register` gets the supervised process before it starts. Resolves to its URL and a line about it.
 */
export async function startRedis({
  programsFolder,
  dataFolder,
  secrets,
  ports,
  report,
  register,
  durable = true,
  env = process.env,
}) {
  const program = findRedis({ programsFolder, report, env });
  const folder = path.join(dataFolder.path, 'redis');
  makePrivateFolder(folder, dataFolder.user);
  const port = await ports.pick('redis');
  const password = secrets.REDIS_PASSWORD;
  const settings = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir "${folder}"`,
    `appendonly ${durable ? 'yes' : 'no'}`,
    'save ""',
    // Queues and sessions live here: nothing may be dropped silently.
    'maxmemory-policy noeviction',
    'daemonize no',
  ];
  const configFile = path.join(folder, 'redis.conf');
  writePrivateFile(configFile, `${settings.join('\n')}\n`, dataFolder.user);
  const service = supervise({
    name: 'redis',
    dataFolder,
    report,
    user: dataFolder.user,
    command: program.command,
    args: [configFile],
    env: { PATH: process.env.PATH, LC_ALL: 'C', ...program.env },
    stop: { graceMs: 2000 },
    readyTimeoutMs: 30_000,
    isReady: () => answersPing(port, password),
  });
  register(service);
  await service.start();
  return {
    url: `redis://:${password}@127.0.0.1:${port}`,
    port,
    description: `Redis (${program.origin}) on 127.0.0.1:${port}`,
  };
}

/** Whether the server has loaded its data and answers PING. */
function answersPing(port, password) {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1', timeout: 2000 });
    let answer = '';
    const settle = (value) => {
      socket.destroy();
      resolve(value);
    };
    socket.on('data', (chunk) => {
      answer += chunk;
      if (answer.includes('+PONG')) settle(true);
      else if (answer.includes('-')) settle(false);
    });
    socket.once('connect', () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    socket
      .once('error', () => settle(false))
      .once('timeout', () => settle(false))
      .once('close', () => settle(false));
  });
}
