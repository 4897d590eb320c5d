import { spawn } from 'node:child_process';
import path from 'node:path';
import { projectDir } from './product.mjs';

/** Row 17: runs `pricing.ts` in a process of its own and passes its figures on. `npm run bench -- --only pricing` */
export async function benchPricing() {
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(projectDir, 'ops/bench/pricing.ts'), '--json'], {
    cwd: projectDir,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (part) => (output += part));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (output === '') throw new Error(`pricing.ts ended with ${code} and said nothing`);
  const { title, rows, remarks } = JSON.parse(output);
  return {
    title: `${title} (row 17)`,
    columns: ['', 'min / median / max', 'target', ''],
    rows: rows.map(({ name, figures, target, met }) => [name, figures, target, met ? 'met' : 'missed']),
    remarks,
    missed: rows.filter((row) => !row.met).map(({ name, figures, target }) => `${name}: ${figures} of ${target}`),
  };
}
