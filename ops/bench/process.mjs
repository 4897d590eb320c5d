import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';

/** A free loopback port. */
export function pickPort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts a Node program whose output goes to a file; `stop` ends it. Resolves at once. */
export function startProgram(args, { env, cwd, logFile }) {
  const log = fs.openSync(logFile, 'a');
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', log, log] });
  fs.closeSync(log);
  let ended = false;
  const exit = new Promise((resolve) => {
    child.once('exit', () => {
      ended = true;
      resolve();
    });
  });
  return {
    pid: child.pid,
    hasEnded: () => ended,
    async stop() {
      if (ended) return;
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 5000);
      await exit;
      clearTimeout(late);
    },
  };
}

/** Asks until the answer is 200. @throws when the program ends first or after two minutes */
export async function waitForAnswer(ask, { program, everyMs = 5 }) {
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    if (program.hasEnded()) throw new Error('The program ended before it answered; its log tells why.');
    const status = await ask().then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error('No answer with 200 in two minutes.');
}
