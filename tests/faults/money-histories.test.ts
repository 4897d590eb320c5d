import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { proposeAdjustment, recordCommissions, reverseCommissions } from '../../server/commissions/index.ts';
import { AppError } from '../../server/kernel/errors.ts';
import { q } from '../../server/kernel/database/builder.ts';
import type { TenantSql } from '../../server/kernel/database/sql.ts';
import { newId } from '../../server/kernel/ids.ts';
import {
  buildCardSale,
  buildRefund,
  buildWalletSale,
  planRefund,
  postTransaction,
  verifyLedger,
  walletEdgesOf,
} from '../../server/ledger/index.ts';
import { actorOf, addAgency, addBooking, exampleAOf } from '../../server/ledger/testing.ts';
import { approveStatement } from '../../server/settlement/approve-statement.ts';
import { settleAgencies } from '../../server/settlement/index.ts';
import { markPaid, markReturned, reopenStatement } from '../../server/settlement/pay-statement.ts';
import { createTestWorld, type TestWorld } from '../../server/testing/index.ts';
import { adjust, captureHolds, ensureWallet, holdForBooking, refundToWallets } from '../../server/wallets/index.ts';

/** Histories over PostgreSQL; more of them by `HISTORIES=500 npx vitest run tests/faults`. */
const RUNS = Number(process.env.HISTORIES ?? 8);

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld({ DATABASE_POOL_SIZE: '8' });
});
afterAll(() => world?.close());

const reseller = actorOf(null);
const DAY_MS = 86_400_000;

async function network() {
  const made = await world.createTenant();
  const a = await addAgency(made.sql, 'Agency A');
  const b = await addAgency(made.sql, 'Agency B', a);
  for (const { id } of [a, b]) await ensureWallet(made.sql, id, 'EUR');
  return { ...made, a, b, sale: exampleAOf(a, b) };
}
type Network = Awaited<ReturnType<typeof network>>;

type Step =
  | { kind: 'top_up'; of: 'a' | 'b'; amount: number }
  | { kind: 'book'; method: 'card' | 'wallet' }
  | { kind: 'refund'; of: number; policy: 'proportional' | 'full' | 'keep'; shareBp: number }
  | { kind: 'memo'; of: 'a' | 'b'; amount: number }
  | { kind: 'settle' }
  | { kind: 'approve' | 'pay' | 'return' | 'reopen'; of: number };

const who = fc.constantFrom('a' as const, 'b' as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('top_up' as const), of: who, amount: fc.integer({ min: 1, max: 60_000 }) }),
  fc.record({ kind: fc.constant('book' as const), method: fc.constantFrom('card' as const, 'wallet' as const) }),
  fc.record({
    kind: fc.constant('refund' as const),
    of: fc.nat(9),
    policy: fc.constantFrom('proportional' as const, 'full' as const, 'keep' as const),
    shareBp: fc.integer({ min: 1, max: 10_000 }),
  }),
  fc.record({
    kind: fc.constant('memo' as const),
    of: who,
    amount: fc.integer({ min: -3000, max: 3000 }).filter((amount) => amount !== 0),
  }),
  fc.record({ kind: fc.constant('settle' as const) }),
  fc.record({
    kind: fc.constantFrom('approve' as const, 'pay' as const, 'return' as const, 'reopen' as const),
    of: fc.nat(9),
  }),
);
/** Steps that arrive together, each delivered once or more. */
const history = fc.array(fc.array(fc.tuple(step, fc.integer({ min: 1, max: 2 })), { minLength: 1, maxLength: 3 }), {
  minLength: 4,
  maxLength: 12,
});

interface Booked {
  id: string;
  method: 'card' | 'wallet';
}

function createPlayer(net: Network) {
  const within = <T>(work: (sql: TenantSql) => Promise<T>) => world.database.withTenant(net.tenant, work);
  const booked: Booked[] = [];
  const { a, b, sale } = net;
  let now = new Date('2026-01-05T10:00:00Z').getTime();

  async function book(id: string, method: 'card' | 'wallet', at: Date): Promise<void> {
    const edges = walletEdgesOf(sale).map((edge) => ({ agencyId: edge.childId, amountMinor: edge.amount }));
    if (method === 'wallet') await within((sql) => holdForBooking(sql, { bookingId: id, currency: 'EUR', edges }));
    await within(async (sql) => {
      if (method === 'wallet') await captureHolds(sql, id);
      const posting = method === 'card' ? buildCardSale(sale, id) : buildWalletSale(sale, id);
      await postTransaction(sql, posting, { bookingId: id, occurredAt: at, description: 'Sale' });
      await recordCommissions(sql, { bookingId: id, method, buildUp: sale, dates: { travelEndAt: at.toISOString() } });
    });
    if (!booked.some((one) => one.id === id)) booked.push({ id, method });
  }

  async function refund(target: Booked, one: Step & { kind: 'refund' }, at: Date): Promise<void> {
    const terms = { policy: one.policy };
    const plan = planRefund({
      sale,
      supplierRefund: Math.floor((sale.net.total * one.shareBp) / 10_000),
      platform: one.policy === 'keep' ? 'keep' : 'proportional',
      reseller: terms,
      agencies: { [a.id]: terms, [b.id]: terms },
    });
    // A booking is cancelled once: its refund has one key, however often it arrives.
    const key = `refund-${target.id}`;
    await within(async (sql) => {
      if (await sql.one(q('ledger_transactions').where({ source: 'refund', key }).select('id'))) return;
      const edges = plan.agencies.map((agency) => ({ agencyId: agency.agencyId, amountMinor: agency.fromParent }));
      if (target.method === 'wallet') await refundToWallets(sql, { bookingId: target.id, key, edges });
      const posted = await postTransaction(sql, buildRefund(plan, target.method, key), {
        bookingId: target.id,
        occurredAt: at,
        description: 'Refund',
      });
      // Another delivery was quicker, with its own plan: this one leaves nothing.
      if (posted.repeated) throw new Quicker();
      const taken = plan.agencies.map(
        ({ agencyId, commission, markup }) =>
          [agencyId, { commission, markup: target.method === 'card' ? markup : 0 }] as const,
      );
      await reverseCommissions(sql, { bookingId: target.id, key, at, currency: 'EUR', taken: new Map(taken) });
    });
  }

  async function statementAt(index: number): Promise<string | undefined> {
    const rows = await net.sql.all<{ id: string }>(
      q('settlement_statements').whereNot({ state: 'open' }).orderBy('number').select('id'),
    );
    return rows[index % Math.max(1, rows.length)]?.id;
  }

  async function play(one: Step, id: string, at: Date): Promise<void> {
    if (one.kind === 'top_up') {
      const given = { agencyId: net[one.of].id, amountMinor: one.amount, kind: 'top_up' as const, reason: 'Transfer' };
      return void (await within((sql) => adjust(sql, { ...given, key: id, actorId: null, occurredAt: at })));
    }
    if (one.kind === 'book') return book(id, one.method, at);
    if (one.kind === 'refund') {
      const target = booked[one.of % Math.max(1, booked.length)];
      return target ? refund(target, one, at) : undefined;
    }
    if (one.kind === 'memo') {
      const input = { agencyId: net[one.of].id, amount: { amount: one.amount, currency: 'EUR' }, reason: 'Goodwill' };
      const limitMinor = Number.MAX_SAFE_INTEGER;
      return void (await within((sql) =>
        proposeAdjustment(sql, reseller, { id, input, currency: 'EUR', limitMinor, now: at }),
      ));
    }
    if (one.kind === 'settle') {
      const onFault = (error: unknown) => {
        throw error;
      };
      return void (await settleAgencies(within, { now: at, onFault }));
    }
    const statement = await statementAt(one.of);
    if (!statement) return;
    const given = { id: statement, now: at };
    await within((sql) => {
      if (one.kind === 'approve') return approveStatement(sql, reseller, given);
      if (one.kind === 'pay') return markPaid(sql, reseller, given);
      if (one.kind === 'return') return markReturned(sql, reseller, { ...given, reason: 'AC04' });
      return reopenStatement(sql, reseller, given);
    });
  }

  return {
    /** Plays steps at once, duplicates among them. Refusals by a rule are part of the game; anything else is not. */
    async playTogether(steps: readonly (readonly [Step, number])[]): Promise<void> {
      now += 12 * DAY_MS;
      const at = new Date(now);
      const prepared = await Promise.all(
        steps.map(async ([one, times]) => ({
          one,
          times,
          id:
            one.kind === 'book'
              ? (await addBooking(net.sql, { brandId: net.brand.id, agency: b, method: one.method })).id
              : newId(),
        })),
      );
      const ends = await Promise.allSettled(
        prepared.flatMap(({ one, times, id }) => Array.from({ length: times }, () => play(one, id, at))),
      );
      for (const end of ends)
        if (end.status === 'rejected' && !(end.reason instanceof Quicker) && !isRefusal(end.reason)) throw end.reason;
    },
  };
}

class Quicker extends Error {}
const isRefusal = (error: unknown): boolean => error instanceof AppError && error.status < 500;

const scalar = async (sql: TenantSql, text: string): Promise<number> =>
  (await sql.one<{ n: number }>(q.raw(text)))?.n ?? 0;

async function check(net: Network): Promise<void> {
  const { sql } = net;
  expect((await verifyLedger(sql)).imbalances).toEqual([]);
  const under = `select count(*)::int as n from wallets where balance_minor + credit_limit_minor - held_minor < 0 or held_minor <> 0`;
  expect(await scalar(sql, under)).toBe(0);
  // A wallet is the negative of its parent's claim.
  const apart = `select count(*)::int as n from wallets w
    left join ledger_accounts a on a.code = 'wallet:' || w.agency_id
    left join ledger_balances l on l.account_id = a.id
    where w.balance_minor <> -coalesce(l.balance_minor, 0)`;
  expect(await scalar(sql, apart)).toBe(0);
  // What stands on the account of settlement is what closed statements still pay, and what the last of each carries.
  const unsettled = `select (
      coalesce((select sum(payout_minor) from settlement_statements where state not in ('open', 'paid')), 0)
      + coalesce((select sum(c.carried_out_minor) from (
          select distinct on (agency_id, currency) carried_out_minor from settlement_statements
          where state <> 'open' order by agency_id, currency, period_end desc) c), 0)
      + coalesce((select sum(l.balance_minor) from ledger_balances l join ledger_accounts a on a.id = l.account_id
          where a.code like 'settlement_payable:%'), 0))::bigint as n`;
  expect(await scalar(sql, unsettled)).toBe(0);
  // What no statement took up is what stands on the accounts it comes from.
  const waiting = `select (
      coalesce((select sum(amount_minor - reversed_minor + markup_minor - markup_reversed_minor)
        from commissions where statement_id is null), 0)
      - coalesce((select sum(commission_minor + markup_minor) from commission_reversals
        where is_clawback and statement_id is null), 0)
      + coalesce((select sum(amount_minor) from commission_adjustments where state = 'approved' and statement_id is null), 0)
      + coalesce((select sum(l.balance_minor) from ledger_balances l join ledger_accounts a on a.id = l.account_id
        where a.code like 'agency_payable:%' or a.code like 'commission_payable:%'), 0))::bigint as n`;
  expect(await scalar(sql, waiting)).toBe(0);
  const doubled = `select count(*)::int as n from (
    select statement_id from payouts where state <> 'returned' group by statement_id having count(*) > 1) d`;
  expect(await scalar(sql, doubled)).toBe(0);
}

it(`${RUNS} histories of sales, refunds, memos and settlements, with duplicates and at once, keep every sum`, async () => {
  await fc.assert(
    fc.asyncProperty(history, async (rounds) => {
      const net = await network();
      const player = createPlayer(net);
      for (const steps of rounds) await player.playTogether(steps);
      await check(net);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
}, 600_000);
