/** Runs the sandbox by itself: SANDBOX_PORT, SANDBOX_HOST, SANDBOX_DATA_DIR, SANDBOX_SEED, SANDBOX_TOKEN. */
import { createDuffelSandbox } from './index.ts';

const { env } = process;
const sandbox = createDuffelSandbox({
  port: Number(env['SANDBOX_PORT'] ?? 4010),
  host: env['SANDBOX_HOST'] ?? '127.0.0.1',
  dataDir: env['SANDBOX_DATA_DIR'] ?? '.data/duffel-sandbox',
  ...(env['SANDBOX_SEED'] ? { seed: env['SANDBOX_SEED'] } : {}),
  ...(env['SANDBOX_TOKEN'] ? { token: env['SANDBOX_TOKEN'] } : {}),
});
await sandbox.start();
console.log(`Duffel sandbox listening on ${sandbox.url}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sandbox.stop());
