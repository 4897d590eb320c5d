import { spawn } from 'node:child_process';
import path from 'node:path';
import { startTestServices } from '../bootstrap/test-services.mjs';
import { projectDir } from './product.mjs';

/**
 * Lists narrowed by abilities against the same query with its condition written by hand, and what an ability costs. Runs
 * `narrowing.ts` in a process of its own against a PostgreSQL of its own. `npm run bench -- --only narrowing`
 */
export async function benchNarrowing(_product, { seconds, rounds }) {
  const services = await startTestServices();
  try {
    const program = [
      '--import',
      'tsx',
      path.join(projectDir, 'ops/bench/narrowing.ts'),
      String(seconds),
      String(rounds),
    ];
    const child = spawn(process.execPath, program, {
      cwd: projectDir,
      env: { ...process.env, DATABASE_URL: services.databaseUrl },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (part) => (output += part));
    const code = await new Promise((resolve) => child.once('close', resolve));
    if (code !== 0) throw new Error(`narrowing.ts ended with ${code}`);
    const { title, rows, remarks } = JSON.parse(output);
    return {
      title,
      columns: ['', 'by hand', 'by ability', 'ratio', 'target', ''],
      rows: rows.map(({ name, bare, narrowed, figures, target, met }) => [
        name,
        bare,
        narrowed,
        figures,
        target,
        target === '' ? '' : met ? 'met' : 'missed',
      ]),
      remarks,
      missed: rows.filter((row) => !row.met).map(({ name, figures, target }) => `${name}: ${figures} of ${target}`),
    };
  } finally {
    await services.stop();
  }
}
