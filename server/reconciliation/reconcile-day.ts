import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Tenant } from '../kernel/http/context.ts';
import { isUuid } from '../kernel/ids.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { compareAtService, compareAtSuppliers } from './compare.ts';
import { compareOthers } from './compare-others.ts';
import { DayNotOver } from './errors.ts';
import type { ProviderLine, ReconciliationPorts } from './ports.ts';
import { postFees } from './post-fees.ts';
import { dayBefore, differenceOf, type Comparison, type Counterparty } from './reconciliation.ts';
import {
  BOOKED,
  accountsOf,
  bookingsOfIntents,
  bookingsPostedOn,
  countUnsettled,
  insertLines,
  intentsOf,
  keepVerdict,
  knownBookings,
  listUnsettled,
  noteRun,
  orderedItems,
} from './repository.ts';

export interface ReconciliationDeps {
  database: Database;
  clock: Clock;
  ports: ReconciliationPorts;
}

/** What a run came to. `opened`: cases nobody has seen yet; `unanswered`: bookings whose supplier did not answer. */
export interface RunReport {
  day: string;
  compared: number;
  opened: number;
  healed: number;
  unmatched: number;
  unanswered: number;
}

/**
 * Compares a UTC day that is over: the books with the payment service's movements and with the suppliers' orders. Bookings are compared
 * whole, not by day, so that a sale posted after midnight is no difference; open cases of earlier days are looked at again. Nothing is
 * held in a transaction while others are asked. A second run of a day changes nothing unless something has changed.
 * @param day `YYYY-MM-DD`
 * @param known the service's lines of that day, where the caller has them for all tenants
 * @throws DayNotOver
 */
export async function reconcileDay(
  deps: ReconciliationDeps,
  tenant: Tenant,
  day: string,
  known?: readonly ProviderLine[],
): Promise<RunReport> {
  if (day > dayBefore(deps.clock.now())) throw DayNotOver({ day });
  const service = await compareService(deps, tenant, day, [
    ...(known ?? (await deps.ports.linesOfDay(day))),
    ...(await linesOfAccounts(deps, tenant, day)),
  ]);
  const suppliers = await compareSuppliers(deps, tenant, day);
  const at = deps.clock.now();
  return deps.database.withTenant(tenant, async (sql) => {
    const counts = { matched: 0, opened: 0, known: 0, healed: 0 };
    const keep = async (counterparty: Counterparty, comparison: Comparison, of: string) => {
      counts[await keepVerdict(sql, { counterparty, day: of, comparison, at })] += 1;
    };
    for (const { comparison, of } of service) await keep('stripe', comparison, of);
    for (const { comparison, of } of suppliers.comparisons) await keep('suppliers', comparison, of);
    const compared = (list: Array<{ of: string }>) => list.filter(({ of }) => of === day).length;
    await noteRun(sql, { counterparty: 'stripe', day, compared: compared(service), at });
    await noteRun(sql, { counterparty: 'suppliers', day, compared: compared(suppliers.comparisons), at });
    const unmatched = await countUnsettled(sql);
    if (counts.opened > 0) await tellOffice(deps, sql, tenant, { day, unmatched });
    return {
      day,
      compared: service.length + suppliers.comparisons.length,
      opened: counts.opened,
      healed: counts.healed,
      unmatched,
      unanswered: suppliers.unanswered,
    };
  });
}

type Dated = { comparison: Comparison; of: string };

async function compareService(
  deps: ReconciliationDeps,
  tenant: Tenant,
  day: string,
  lines: readonly ProviderLine[],
): Promise<Dated[]> {
  const sql = deps.database.tenant(tenant);
  const own = await ownLines(sql, tenant, lines);
  await deps.database.withTenant(tenant, (tx) => insertLines(tx, own));
  const ofDay = new Set([
    ...own.flatMap(({ bookingId, type }) => (bookingId && BOOKED.includes(type) ? [bookingId] : [])),
    ...(await bookingsPostedOn(sql, 'psp_clearing', day)),
  ]);
  const waiting = await listUnsettled(sql, 'stripe');
  const dayOf = new Map(waiting.map((one) => [one.key, one.day]));
  const bookings = [...new Set([...ofDay, ...waiting.flatMap(({ bookingId }) => bookingId ?? [])])];
  const first = await compareAtService(sql, bookings);
  // Lines of other days, or that the day's list did not have yet, are asked for booking by booking.
  const unequal = first.filter((one) => differenceOf(one)).flatMap(({ bookingId }) => bookingId ?? []);
  for (const bookingId of unequal) await askAgain(deps, tenant, bookingId);
  const comparisons = unequal.length > 0 ? await compareAtService(sql, bookings) : first;
  const others = await compareOthers(sql, own, waiting);
  await deps.database.withTenant(tenant, (tx) => postFees(tx, [day], dayBefore(deps.clock.now())));
  return [...comparisons, ...others].map((comparison) => ({
    comparison,
    of: dayOf.get(comparison.key) ?? day,
  }));
}

/**
 * What moved in the tenant's own connected accounts: all that is not said to be another's, as nobody else is paid there. The way between the
 * account and the reseller's bank moves nothing that the books know.
 */
async function linesOfAccounts(deps: ReconciliationDeps, tenant: Tenant, day: string): Promise<ProviderLine[]> {
  const lines: ProviderLine[] = [];
  for (const account of await accountsOf(deps.database.tenant(tenant)))
    for (const line of await deps.ports.linesOfDay(day, account)) {
      if (line.tenantId === null && line.type.startsWith('payout')) continue;
      if (line.tenantId === null || line.tenantId === tenant.id) lines.push({ ...line, tenantId: tenant.id });
    }
  return lines;
}

/** Those of this tenant, each with its booking where it has one here. */
async function ownLines(sql: TenantSql, tenant: Tenant, lines: readonly ProviderLine[]): Promise<ProviderLine[]> {
  const byIntent = await bookingsOfIntents(
    sql,
    lines.flatMap(({ intentId, tenantId }) =>
      intentId && (tenantId === null || tenantId === tenant.id) ? intentId : [],
    ),
  );
  const own = lines
    .filter(({ tenantId, intentId }) => tenantId === tenant.id || (intentId !== null && byIntent.has(intentId)))
    .map((line) => ({ ...line, bookingId: (line.intentId && byIntent.get(line.intentId)) ?? line.bookingId }));
  const bookings = await knownBookings(
    sql,
    own.flatMap(({ bookingId }) => (bookingId && isUuid(bookingId) ? bookingId : [])),
  );
  return own.map((line) => ({
    ...line,
    bookingId: line.bookingId && bookings.has(line.bookingId) ? line.bookingId : null,
  }));
}

/** Reads what one booking's payments did at the service, on whichever day; of days that got something new the fees are posted. */
export async function askAgain(deps: ReconciliationDeps, tenant: Tenant, bookingId: string): Promise<void> {
  const intents = await intentsOf(deps.database.tenant(tenant), bookingId);
  const asked = intents.map((one) => deps.ports.linesOfIntent(one.intent_id, one.stripe_account));
  const lines = (await Promise.all(asked)).flat();
  await deps.database.withTenant(tenant, async (sql) => {
    const days = await insertLines(
      sql,
      lines.map((line) => ({ ...line, bookingId })),
    );
    await postFees(sql, days, dayBefore(deps.clock.now()));
  });
}

async function compareSuppliers(deps: ReconciliationDeps, tenant: Tenant, day: string) {
  const sql = deps.database.tenant(tenant);
  const waiting = await listUnsettled(sql, 'suppliers');
  const dayOf = new Map(waiting.map((one) => [one.key, one.day]));
  const bookings = new Set([
    ...(await bookingsPostedOn(sql, 'supplier_payable', day)),
    ...(await orderedItems(sql, { day })).map((item) => item.booking_id),
    ...waiting.flatMap(({ bookingId }) => bookingId ?? []),
  ]);
  const { comparisons, unanswered } = await compareAtSuppliers(sql, deps.ports, [...bookings]);
  return {
    comparisons: comparisons.map((comparison) => ({ comparison, of: dayOf.get(comparison.key) ?? day })),
    unanswered,
  };
}

async function tellOffice(
  { ports }: ReconciliationDeps,
  sql: TenantSql,
  tenant: Tenant,
  found: { day: string; unmatched: number },
): Promise<void> {
  const office = await ports.officeOf(tenant);
  if (!office) return;
  const { origin, brandName, ...to } = office;
  await emitEvent(sql, {
    kind: 'reconciliation.unmatched@1',
    payload: {
      ...to,
      recipientName: brandName,
      day: found.day,
      count: String(found.unmatched),
      url: `${origin}/console/money/reconciliation`,
    },
  });
}
