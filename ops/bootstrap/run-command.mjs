import { spawn } from 'node:child_process';

/**
 * Runs a command to its end and collects its output (`stream: true` lets it through as well). Resolves to code and output;
 * an aborted signal ends the command and rejects with the abort's reason.
 */
export function runCommand(command, args, { cwd, env = process.env, stream = false, signal } = {}) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const abort = () => child.kill('SIGTERM');
    signal?.addEventListener('abort', abort, { once: true });
    let output = '';
    for (const [source, target] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      source.on('data', (chunk) => {
        output += chunk;
        if (stream) target.write(chunk);
      });
    }
    child.once('error', reject);
    child.once('close', (code, ended) => {
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted) reject(signal.reason);
      else resolve({ code: code ?? 1, signal: ended, output });
    });
  });
}
