import { purgeApplications } from '../agencies/index.ts';
import { eraseBookings, listOldGuestBookings } from '../bookings/index.ts';
import { applyErasures } from '../customers/index.ts';
import { purgePeople, type Identity } from '../identity/index.ts';
import { eraseFromSimplified } from '../invoicing/index.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Tenant } from '../kernel/http/context.ts';
import { eraseRecipients, purgeOldMails } from '../notifications/index.ts';
import type { Infrastructure } from './infrastructure.ts';
import { KEEP_REPLACED_DAYS, dropReplacedKeys } from './rotate-data-key.ts';

const DAY_MS = 86_400_000;
const BATCH = 200;
/** Mails of accounts and used links. */
const KEEP_MAILS_DAYS = 90;
/** The sealed part of events that no one could handle. */
const KEEP_DEAD_DAYS = 30;

interface Deps {
  infra: Pick<Infrastructure, 'config' | 'database' | 'clock' | 'vault'>;
  identity: Pick<Identity, 'signOutEverywhere'>;
  invalidateHost: (hostname: string) => Promise<void>;
}

/** Erases who booked as a guest from trips that ended long ago. Answers how many bookings. */
export async function eraseOldGuests({ infra }: Pick<Deps, 'infra'>, tenant: Tenant): Promise<number> {
  const before = new Date(infra.clock.now().getTime() - infra.config.GUEST_DATA_DAYS * DAY_MS)
    .toISOString()
    .slice(0, 10);
  let erased = 0;
  for (;;) {
    const ids = await infra.database.withTenant(tenant, async (sql: TenantSql) => {
      const old = await listOldGuestBookings(sql, before, BATCH);
      await eraseBookings(sql, old);
      await eraseFromSimplified(sql, old);
      await eraseRecipients(sql, old);
      return old;
    });
    erased += ids.length;
    if (ids.length < BATCH) return erased;
  }
}

/** What one tenant no longer needs of people: nightly. Each step may run again without harm. */
export async function forgetPeople(deps: Deps, tenant: Tenant): Promise<void> {
  const { infra, identity, invalidateHost } = deps;
  const { database, clock } = infra;
  await eraseOldGuests(deps, tenant);
  await database.withTenant(tenant, async (sql) => {
    await purgePeople(sql, KEEP_MAILS_DAYS);
    await purgeOldMails(sql, KEEP_MAILS_DAYS);
    await purgeApplications(sql, clock.now());
  });
  await applyErasures(
    { database, clock, eraseMails: eraseRecipients, signOutEverywhere: identity.signOutEverywhere },
    tenant,
  );
  const before = new Date(clock.now().getTime() - KEEP_REPLACED_DAYS * DAY_MS);
  await dropReplacedKeys({ infra, invalidateHost }, tenant, before);
}

/** Events that were set aside keep what they are about, not whom. */
export const forgetDeadEvents = ({ infra }: Pick<Deps, 'infra'>): Promise<number> =>
  infra.database.platform.run(
    q('platform.outbox')
      .where({ state: 'dead' })
      .whereRaw(`created_at < now() - make_interval(days => ?) and jsonb_exists(payload, 'sealed')`, [KEEP_DEAD_DAYS])
      .update({ payload: q.raw(`payload - 'sealed'`) }),
  );
