import { spawn } from 'node:child_process';
import path from 'node:path';
import { startTestServices } from '../bootstrap/test-services.mjs';
import { projectDir } from './product.mjs';

/**
 * Month-end of 1,000 agencies, and a ledger of a million entries. Runs `books.ts` in a process of its own against services of its own.
 * `npm run bench -- --only books`
 */
export async function benchBooks() {
  const services = await startTestServices();
  try {
    const child = spawn(process.execPath, ['--import', 'tsx', path.join(projectDir, 'ops/bench/books.ts')], {
      cwd: projectDir,
      env: { ...process.env, DATABASE_URL: services.databaseUrl, REDIS_URL: services.redisUrl },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (part) => (output += part));
    const code = await new Promise((resolve) => child.once('close', resolve));
    if (code !== 0) throw new Error(`books.ts ended with ${code}`);
    const { title, rows, remarks } = JSON.parse(output);
    return {
      title,
      columns: ['', 'figures', 'target', ''],
      rows: rows.map(({ name, figures, target, met }) => [name, figures, target, met ? 'met' : 'missed']),
      remarks,
      missed: rows.filter((row) => !row.met).map(({ name, figures, target }) => `${name}: ${figures} of ${target}`),
    };
  } finally {
    await services.stop();
  }
}
