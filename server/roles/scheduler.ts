import { createInfrastructure } from '../app/infrastructure.ts';
import { createOnboarding } from '../app/onboarding.ts';
import { standaloneReconciliation } from '../app/reconcile.ts';
import { timetable } from '../app/timetable.ts';
import { createBeat } from '../kernel/beat/beat.ts';
import type { Config } from '../kernel/config.ts';
import { openAdminPort } from './admin-port.ts';
import { stopOnSignal } from './process.ts';

/** `scheduler`: the beat. One leads, any number stand by. */
export async function runScheduler(config: Config): Promise<void> {
  const infra = createInfrastructure(config, 'scheduler');
  const { identity, audit, hosts } = createOnboarding(infra);
  const beat = createBeat({
    database: infra.database,
    locks: infra.locks,
    log: infra.log,
    entries: timetable(infra, {
      identity,
      audit,
      reconciliation: standaloneReconciliation(infra, hosts.brandOf),
      invalidateHost: hosts.invalidate,
    }),
  });
  beat.start();
  const admin = await openAdminPort(infra);
  stopOnSignal(infra.log, async () => {
    await beat.stop();
    admin.close();
    await infra.close();
  });
}
