import { createInfrastructure } from '../app/infrastructure.ts';
import { createOnboarding } from '../app/onboarding.ts';
import { timetable } from '../app/timetable.ts';
import { createAdminServer } from '../gateway/admin-server.ts';
import { createBeat } from '../kernel/beat/beat.ts';
import type { Config } from '../kernel/config.ts';
import { listenAdmin, stopOnSignal } from './process.ts';

/** `scheduler`: the beat. One leads, any number stand by. */
export async function runScheduler(config: Config): Promise<void> {
  const infra = createInfrastructure(config, 'scheduler');
  const { identity } = createOnboarding(infra);
  const beat = createBeat({
    database: infra.database,
    locks: infra.locks,
    log: infra.log,
    entries: timetable(infra, identity),
  });
  beat.start();
  const admin = await listenAdmin(
    createAdminServer({
      registry: infra.metrics.registry,
      checks: { postgresql: () => infra.database.ping(), redis: () => infra.redis.ping() },
    }),
    config,
  );
  stopOnSignal(infra.log, async () => {
    await beat.stop();
    admin.close();
    await infra.close();
  });
}
