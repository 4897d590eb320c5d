import { reviewTiers } from '../agencies/index.ts';
import type { Audit } from '../audit/index.ts';
import { reckonBonuses } from '../bonuses/index.ts';
import { sumTravelled } from '../bookings/index.ts';
import { releaseDueCommissions } from '../commissions/index.ts';
import type { Identity } from '../identity/index.ts';
import { verifyVerifactu } from '../invoicing/index.ts';
import type { BeatEntry } from '../kernel/beat/beat.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantRef, TenantSql } from '../kernel/database/sql.ts';
import type { Tenant } from '../kernel/http/context.ts';
import { purgeDone } from '../kernel/outbox/store.ts';
import { verifyLedger } from '../ledger/index.ts';
import { fetchRateFeed, takeRateFeed } from '../pricing/index.ts';
import { remindDue } from '../receivables/index.ts';
import type { Reconciliation } from '../reconciliation/index.ts';
import { settleAgencies } from '../settlement/index.ts';
import { findTenantBySlug, listTenantRefs, listTenants } from '../tenancy/index.ts';
import { chaseOverdue, purgeWaiters, verifyWallets } from '../wallets/index.ts';
import type { Infrastructure } from './infrastructure.ts';
import { forgetDeadEvents, forgetPeople } from './retention.ts';

const OUTBOX_DAYS = 14;
const FEED_TIMEOUT_MS = 20_000;

/** What happens by the clock (UTC). Each entry may run late or again without harm. */
export function timetable(
  infra: Infrastructure,
  {
    identity,
    audit,
    reconciliation,
    invalidateHost,
  }: {
    identity: Pick<Identity, 'purgeExpired' | 'signingKeys' | 'signOutEverywhere'>;
    audit: Audit;
    reconciliation: Reconciliation;
    invalidateHost: (hostname: string) => Promise<void>;
  },
): BeatEntry[] {
  const { database, clock, config, log, metrics } = infra;

  /** One tenant's failure does not stop the others. */
  async function forEachTenant(work: (sql: TenantSql, tenant: Tenant) => Promise<unknown>): Promise<void> {
    await visitTenants((tenant) => database.withTenant(tenant, (sql) => work(sql, tenant)));
  }

  /** The same for work in many short transactions. */
  async function visitTenants(work: (tenant: Tenant) => Promise<unknown>): Promise<void> {
    for (const { slug, state } of await listTenants(database.platform)) {
      if (state !== 'active' && state !== 'suspended') continue;
      const tenant = await findTenantBySlug(database.platform, slug);
      await (tenant && work(tenant))?.catch((error: unknown) =>
        log.error({ err: error, tenant: tenant?.id }, 'scheduled work of one tenant failed'),
      );
    }
  }

  /** Each tenant's audit log, one after the other: short messages, no transaction held. */
  async function forEachLog(work: (tenant: TenantRef & { slug: string }) => Promise<unknown>): Promise<void> {
    for (const tenant of await listTenantRefs(database.platform))
      await work(tenant).catch((error: unknown) =>
        log.error({ err: error, tenant: tenant.id }, 'the audit log of one tenant could not be looked after'),
      );
  }

  return [
    {
      name: 'release-commissions',
      pattern: '15 * * * *',
      run: () =>
        visitTenants((tenant) => releaseDueCommissions((work) => database.withTenant(tenant, work), clock.now())),
    },
    {
      // Periods that ended, and those of before in which a booking changed; before the statements of the hour take them up.
      name: 'reckon-bonuses',
      pattern: '20 */6 * * *',
      run: () =>
        visitTenants(async (tenant) => {
          const { failed } = await reckonBonuses((work) => database.withTenant(tenant, work), {
            now: clock.now(),
            onFault: (error, agencyId) =>
              log.error({ err: error, tenant: tenant.id, agencyId }, 'a bonus could not be reckoned'),
          });
          if (failed > 0) log.warn({ tenant: tenant.id, failed }, 'bonuses wait for the next run');
        }),
    },
    {
      // After the releases of the hour: what became payable before midnight stands on the statement of the day before.
      name: 'settle-agencies',
      pattern: '25 * * * *',
      run: () =>
        visitTenants(async (tenant) => {
          const { failed } = await settleAgencies((work) => database.withTenant(tenant, work), {
            now: clock.now(),
            onFault: (error, agencyId) =>
              log.error({ err: error, tenant: tenant.id, agencyId }, 'a statement could not be closed'),
          });
          if (failed > 0) log.warn({ tenant: tenant.id, failed }, 'statements wait for the next run');
        }),
    },
    {
      // Due on the first; every night, so that a run that was missed is made good. Each agency and month once.
      name: 'review-tiers',
      pattern: '40 1 * * *',
      run: () =>
        visitTenants((tenant) => reviewTiers(sumTravelled, (work) => database.withTenant(tenant, work), clock.now())),
    },
    {
      // The central bank publishes at about 15:00 (UTC, an hour earlier in summer); a run that failed is made good by the next.
      name: 'take-exchange-rates',
      pattern: '20 4,15,17 * * *',
      async run() {
        if (config.EXCHANGE_RATES_URL === undefined) return;
        const feed = await fetchRateFeed(config.EXCHANGE_RATES_URL, (url) =>
          fetch(url, { signal: AbortSignal.timeout(FEED_TIMEOUT_MS), redirect: 'error' }),
        );
        await forEachTenant((sql, tenant) => takeRateFeed(sql, feed, tenant.currency));
      },
    },
    {
      name: 'verify-ledgers',
      pattern: '45 2 * * *',
      async run() {
        let broken = 0;
        await forEachTenant(async (sql, { slug }) => {
          const result = await verifyLedger(sql);
          const { differences } = await verifyWallets(sql);
          if (result.brokenAt === undefined && result.imbalances.length === 0 && differences.length === 0) return;
          broken += 1;
          log.error({ slug, result, wallets: differences }, 'the books of a tenant do not hold');
        });
        metrics.ledgerImbalance.set(broken);
      },
    },
    {
      // Yesterday, once its sales are posted, and the days that were missed or failed.
      name: 'reconcile',
      pattern: '40 4 * * *',
      async run() {
        const tenants: Tenant[] = [];
        await visitTenants(async (tenant) => tenants.push(tenant));
        const unmatched = await reconciliation.reconcileDue(tenants, {
          onReport: (tenant, report) => {
            if (report.opened > 0) log.warn({ tenant: tenant.id, ...report }, 'books and others differ');
          },
          onFault: (error, { tenant, day }) =>
            log.error(
              { err: error, tenant: tenant?.id, day },
              'a day could not be compared; the next night tries again',
            ),
        });
        metrics.reconciliationUnmatched.set(unmatched);
      },
    },
    {
      name: 'chase-overdue-wallets',
      pattern: '35 6 * * *',
      run: () =>
        visitTenants((tenant) =>
          chaseOverdue(database, tenant, clock.now(), (error, agencyId) =>
            log.error({ err: error, tenant: tenant.id, agencyId }, 'an overdue wallet could not be chased'),
          ),
        ),
    },
    {
      name: 'remind-of-invoices',
      pattern: '45 6 * * *',
      run: () => visitTenants((tenant) => remindDue((work) => database.withTenant(tenant, work), clock.now())),
    },
    {
      name: 'verify-verifactu',
      pattern: '20 3 * * *',
      run: () =>
        forEachTenant(async (sql, { slug }) => {
          for (const verdict of await verifyVerifactu(sql))
            if (verdict.brokenAt !== undefined)
              log.error({ slug, ...verdict }, 'records of invoices were changed after they were written');
        }),
    },
    {
      name: 'anchor-audit-logs',
      pattern: '* * * * *',
      run: async () => {
        await forEachLog((tenant) => audit.tend(tenant));
        metrics.auditAnchorRun.setToCurrentTime();
      },
    },
    {
      name: 'verify-audit-logs',
      pattern: '0 3 * * *',
      async run() {
        let broken = 0;
        await forEachLog(async (tenant) => {
          const { brokenAt, reason } = await audit.verify(tenant);
          if (brokenAt === undefined) return;
          broken += 1;
          log.error(
            { slug: tenant.slug, brokenAt, reason },
            'the audit log of a tenant was changed after it was written',
          );
        });
        metrics.auditBroken.set(broken);
      },
    },
    {
      name: 'purge-expired',
      pattern: '30 3 * * *',
      run: () =>
        forEachTenant(async (sql) => {
          await identity.purgeExpired(sql);
          await purgeWaiters(sql, clock.now());
          await sql.run(q('idempotency_keys').whereRaw(`created_at < now() - interval '7 days'`).delete());
          await sql.run(
            q('quotes')
              .whereRaw(
                `expires_at < now() - interval '2 days' and not exists (select 1 from booking_items i where i.quote_id = quotes.id)`,
              )
              .delete(),
          );
        }),
    },
    {
      // Each step by itself: the next key is published a day before it signs, the one before stays until its last token has ended.
      name: 'rotate-signing-keys',
      pattern: '25 */6 * * *',
      run: () => forEachTenant((sql, tenant) => identity.signingKeys.rotate(sql, tenant, 'due')),
    },
    {
      name: 'forget-people',
      pattern: '10 5 * * *',
      async run() {
        for (const { slug, state } of await listTenants(database.platform)) {
          const tenant =
            state === 'active' || state === 'suspended' ? await findTenantBySlug(database.platform, slug) : undefined;
          await (tenant && forgetPeople({ infra, identity, invalidateHost }, tenant))?.catch((error: unknown) =>
            log.error(
              { err: error, tenant: tenant?.id },
              'what a tenant no longer needs of people could not be erased',
            ),
          );
        }
        await forgetDeadEvents({ infra });
      },
    },
    {
      name: 'count-stuck-sagas',
      pattern: '*/5 * * * *',
      async run() {
        let stuck = 0;
        await forEachTenant(async (sql) => {
          const parked = q('sagas').where({ state: 'parked' }).select(q.raw('count(*)::int as count'));
          stuck += (await sql.one<{ count: number }>(parked))?.count ?? 0;
        });
        metrics.sagaStuck.set(stuck);
      },
    },
    {
      name: 'purge-outbox',
      pattern: '0 4 * * *',
      async run() {
        await purgeDone(database.platform, OUTBOX_DAYS);
        await database.platform.run(
          q('platform.job_runs').whereRaw('scheduled_for < now() - make_interval(days => ?)', [OUTBOX_DAYS]).delete(),
        );
      },
    },
  ];
}
