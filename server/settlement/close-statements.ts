import { releaseDueCommissions } from '../commissions/index.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { newId } from '../kernel/ids.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { buildStatementClose, lockLedger, postTransaction } from '../ledger/index.ts';
import { addDays, periodOf } from './period.ts';
import {
  deleteOpen,
  insertOpen,
  listEnded,
  listWaiting,
  readStanding,
  releaseReserves,
  takeUp,
  type Standing,
} from './repository.ts';
import { settle, statementNumber } from './statement.ts';
import { readTerms, type Terms } from './terms.ts';

export interface SettlementOutcome {
  closed: number;
  opened: number;
  failed: number;
}

/** Runs each piece of work in a transaction of the tenant. */
export type InTransaction = <T>(work: (sql: TenantSql) => Promise<T>) => Promise<T>;

/**
 * Closes every statement whose period has ended and opens those of running periods, one agency a transaction: a run that dies is made up
 * by the next, and a repeat closes nothing twice. One agency's fault does not hold the others up.
 */
export async function settleAgencies(
  inTransaction: InTransaction,
  { now, agencyId, onFault }: { now: Date; agencyId?: string; onFault: (error: unknown, agencyId: string) => void },
): Promise<SettlementOutcome> {
  const today = now.toISOString().slice(0, 10);
  // What became payable before the period ended belongs to it, also when the hourly job is late.
  await releaseDueCommissions(inTransaction, now);
  const parties = await inTransaction(async (sql) => {
    const waiting = await listWaiting(sql, { until: today, ...(agencyId ? { agencyId } : {}) });
    const ended = await listEnded(sql, today);
    const all = [...waiting, ...ended].filter((one) => agencyId === undefined || one.agency_id === agencyId);
    return new Map(all.map((one) => [`${one.agency_id}/${one.currency}`, one]));
  });
  const outcome = { closed: 0, opened: 0, failed: 0 };
  for (const party of parties.values()) {
    try {
      const done = await inTransaction((sql) => settleAgency(sql, { ...party, now }));
      outcome.closed += done.closed;
      outcome.opened += done.opened;
    } catch (error) {
      outcome.failed += 1;
      onFault(error, party.agency_id);
    }
  }
  return outcome;
}

interface Party {
  agency_id: string;
  currency: string;
  now: Date;
}

/** The same for one agency and currency, in the caller's transaction. */
async function settleAgency(sql: TenantSql, party: Party): Promise<{ closed: number; opened: number }> {
  const { agency_id: agencyId, currency, now } = party;
  const today = now.toISOString().slice(0, 10);
  await lockLedger(sql);
  const { terms } = await readTerms(sql, agencyId);
  const done = { closed: 0, opened: 0 };
  for (;;) {
    const standing = await readStanding(sql, agencyId, currency);
    if (!standing) return done;
    let { open } = standing;
    if (!open) {
      const [waiting] = await listWaiting(sql, { until: today, agencyId, currency });
      if (!waiting) return done;
      open = await openStatement(sql, { agencyId, currency, terms, since: waiting.since, after: standing.last_end });
      done.opened += 1;
    }
    if (open.period_end > today) return done;
    const isClosed = await closeStatement(sql, { party, terms, standing: { ...standing, open } });
    done.opened = 0;
    if (isClosed) done.closed += 1;
  }
}

async function openStatement(
  sql: TenantSql,
  given: { agencyId: string; currency: string; terms: Terms; since: string; after: string | null },
): Promise<NonNullable<Standing['open']>> {
  const { agencyId, currency, terms, since, after } = given;
  // Statements follow each other without overlapping, also where the kind of period was changed between.
  const day = after !== null && after > since ? after : since;
  const period = periodOf(terms.period, day);
  const start = after !== null && after > period.start ? after : period.start;
  const id = newId();
  const row = await insertOpen(sql, { id, agencyId, currency, period: terms.period, start, end: period.end });
  return { id, number: row?.number ?? 0, period_start: start, period_end: period.end };
}

/** Freezes a statement whose period has ended: takes its items up and posts them. One that holds nothing goes. */
async function closeStatement(
  sql: TenantSql,
  {
    party,
    terms,
    standing,
  }: { party: Party; terms: Terms; standing: Standing & { open: NonNullable<Standing['open']> } },
): Promise<boolean> {
  const { agency_id: agencyId, currency, now } = party;
  const { open } = standing;
  const given = { statementId: open.id, agencyId, currency, until: open.period_end };
  const sums = await takeUp(sql, given);
  const reserveReleased = await releaseReserves(sql, given);
  if (sums.lines === 0 && reserveReleased === 0) {
    await deleteOpen(sql, open.id);
    return false;
  }
  const input = { ...sums, carriedIn: standing.carried, reserveReleased };
  const result = settle(input, terms);
  await sql.run(
    q('settlement_statements')
      .where({ id: open.id, state: 'open' })
      .update({
        state: 'closed',
        released_minor: sums.released,
        clawbacks_minor: sums.clawbacks,
        memos_minor: sums.memos,
        carried_in_minor: standing.carried,
        reserve_released_minor: reserveReleased,
        reserve_minor: result.reserve,
        payout_minor: result.payout,
        carried_out_minor: result.carriedOut,
        reserve_until: result.reserve > 0 ? addDays(open.period_end, terms.reserveDays) : null,
        closed_at: now,
        updated_at: now,
      }),
  );
  const figures = {
    fromCard: sums.from_card,
    fromWallet: sums.from_wallet,
    reserve: result.reserve,
    reserveReleased,
  };
  // Lines that cancel each other out leave nothing to post.
  if (figures.fromCard !== 0 || figures.fromWallet !== 0 || figures.reserve !== reserveReleased)
    await postTransaction(sql, buildStatementClose({ statementId: open.id, agencyId, currency, ...figures }), {
      occurredAt: now,
      description: `Statement ${statementNumber(open.number)} of ${standing.agency_name}`,
    });
  await emitEvent(sql, { kind: 'settlement.closed@1', payload: { statementId: open.id, agencyId } });
  return true;
}
