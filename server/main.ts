import { ConfigError, loadConfig } from './kernel/config.ts';

const ROLES = ['api', 'worker', 'scheduler', 'sandbox', 'migrate', 'seed'] as const;

/** Starts one role of the process; each loads only what it needs. */
async function main(role: string | undefined): Promise<void> {
  switch (role) {
    case 'api':
      return (await import('./roles/api.ts')).runApi(loadConfig());
    case 'worker':
      return (await import('./roles/worker.ts')).runWorker(loadConfig());
    case 'scheduler':
      return (await import('./roles/scheduler.ts')).runScheduler(loadConfig());
    case 'sandbox':
      return (await import('./roles/sandbox.ts')).runSandbox(process.env);
    case 'migrate':
      return (await import('./roles/migrate.ts')).runMigrate(loadConfig());
    case 'seed':
      return (await import('./roles/seed.ts')).runSeed(loadConfig());
    default:
      console.error(`Usage: main.js ${ROLES.join('|')}`);
      process.exitCode = 2;
  }
}

try {
  await main(process.argv[2]);
} catch (error) {
  console.error((error as Error).message);
  process.exit(error instanceof ConfigError ? error.exitCode : 1);
}
