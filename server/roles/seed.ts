import { demoResellers } from '../../db/seeds/demo/network.ts';
import { createInfrastructure } from '../app/infrastructure.ts';
import { createModules } from '../app/modules.ts';
import { seedDemoReseller } from '../app/seed-demo.ts';
import { seedDemoSignIn } from '../app/seed-demo-sign-in.ts';
import { createApi } from '../kernel/http/api.ts';
import type { Config } from '../kernel/config.ts';

/** Whose people can sign in at the sandbox's identity provider. */
const SIGN_IN_RESELLER = 'aurora';

/** `seed`: the demo resellers, through the same API their people use. Repeatable: what is there is left alone. Never in production. */
export async function runSeed(config: Config): Promise<void> {
  if (config.NODE_ENV === 'production')
    throw new Error('Demo data is never seeded in production: unset NODE_ENV, or leave the seed out');
  if (!config.DEMO_PASSWORD) throw new Error('DEMO_PASSWORD is missing: the demo accounts need a password');
  const infra = createInfrastructure({ ...config, LOG_LEVEL: 'fatal' }, 'seed');
  try {
    const modules = createModules(infra);
    const api = createApi(modules.routes, { audit: modules.audit.trail, checkAnswers: true });
    for (const reseller of demoResellers) {
      const made = await seedDemoReseller({ infra, modules, api, password: config.DEMO_PASSWORD }, reseller);
      console.log(`${reseller.slug}: ${made ? 'made' : 'there already'}`);
    }
    await seedDemoSignIn(infra, SIGN_IN_RESELLER);
  } finally {
    await infra.close();
  }
}
