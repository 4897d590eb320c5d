// `npm run test:fuzz`: the long run of fuzz.test.ts, with a seed of its own unless SEED says otherwise.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';

const env = { ...process.env, RUNS: process.env.RUNS ?? '20000', SEED: process.env.SEED ?? String(randomInt(2 ** 31)) };
console.log(`RUNS=${env.RUNS} SEED=${env.SEED} npm run test:fuzz repeats this run`);
const { status } = spawnSync('npx', ['vitest', 'run', 'tests/fuzz'], { env, stdio: 'inherit' });
process.exit(status ?? 1);
