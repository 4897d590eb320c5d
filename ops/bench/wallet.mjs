import { spawn } from 'node:child_process';
import path from 'node:path';
import { startTestServices } from '../bootstrap/test-services.mjs';
import { projectDir } from './product.mjs';

/**
 * Bookings from wallets beside a loop like pgbench's TPC-B, in turns on one PostgreSQL. Runs `wallet.ts` in a process of its own against
 * services of its own. `npm run bench -- --only wallet`
 */
export async function benchWallet(_product, { seconds, rounds }) {
  const services = await startTestServices();
  try {
    const child = spawn(process.execPath, ['--import', 'tsx', path.join(projectDir, 'ops/bench/wallet.ts')], {
      cwd: projectDir,
      env: {
        ...process.env,
        DATABASE_URL: services.databaseUrl,
        REDIS_URL: services.redisUrl,
        SECONDS: String(seconds),
        ROUNDS: String(rounds),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (part) => (output += part));
    const code = await new Promise((resolve) => child.once('close', resolve));
    if (code !== 0) throw new Error(`wallet.ts ended with ${code}`);
    const { title, rows, remarks, met, ratio } = JSON.parse(output);
    return {
      title,
      columns: ['', 'a second', 'beside TPC-B-like', 'target', ''],
      rows,
      remarks,
      missed: met ? [] : [`bookings from wallets: ${ratio} of 0.3 × TPC-B-like`],
    };
  } finally {
    await services.stop();
  }
}
