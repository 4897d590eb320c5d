import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../../server/kernel/config.ts';
import { loginAs, platformRole } from '../../../server/kernel/database/roles.ts';

/**
 * A PgBouncer in transaction mode with two server connections, so that clients share them all the time.
 * @returns undefined where it is not installed
 */
export async function startPgBouncer(
  config: Config,
  cells: readonly string[],
): Promise<{ url: string; stop(): Promise<void> } | undefined> {
  const program = ['/usr/sbin/pgbouncer', 'pgbouncer'].find((name) => spawnSync(name, ['--version']).status === 0);
  if (!program) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'pgbouncer-'));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const server = loginAs(config, '');
  const roles = [platformRole(config.DATABASE_URL), ...cells];
  const users = roles.map((role) => `"${role}" "${loginAs(config, role).password}"`).join('\n');
  writeFileSync(join(folder, 'users.txt'), `${users}\n`);
  writeFileSync(
    join(folder, 'pgbouncer.ini'),
    `[databases]
${server.database} = host=${server.host} port=${server.port} dbname=${server.database}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = md5
auth_file = ${join(folder, 'users.txt')}
pool_mode = transaction
default_pool_size = 2
max_client_conn = 100
ignore_startup_parameters = extra_float_digits, statement_timeout
`,
  );
  // It refuses to run as root.
  const asNobody = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const bouncer = spawn(program, [...asNobody, join(folder, 'pgbouncer.ini')], { stdio: 'ignore' });
  const stop = async () => {
    if (bouncer.exitCode === null) {
      bouncer.kill('SIGKILL');
      await once(bouncer, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  };
  for (let tries = 0; tries < 100 && !(await answers(port)); tries += 1) await sleep(50);
  const url = new URL(config.DATABASE_URL);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  url.search = '';
  return { url: url.href, stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
