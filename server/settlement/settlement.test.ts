import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { newId } from '../kernel/ids.ts';
import { reverseCommissions } from '../commissions/index.ts';
import { verifyLedger } from '../ledger/index.ts';
import { actorOf, addAgency, numbersIn } from '../ledger/testing.ts';
import type { TestAgency } from '../ledger/testing.ts';
import { createTestWorld } from '../testing/index.ts';
import type { TestWorld } from '../testing/index.ts';
import { approveStatement } from './approve-statement.ts';
import { markPaid, markReturned, reopenStatement } from './pay-statement.ts';
import { carryAccount, changePayoutAccount } from './payout-account.ts';
import { listPayouts, makePayoutFile, markFilePaid, readPayoutXml } from './payout-files.ts';
import { presentStatement } from './presenter.ts';
import { allLines, listLines, listStatements, readStatement } from './read-statements.ts';
import { statementCsv, statementPdf } from './render-statement.ts';
import { settleAgencies } from './index.ts';
import { changeTerms } from './terms.ts';
import { balanceOf, memo, sellExample } from './testing.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld({ DATABASE_POOL_SIZE: '8' });
});
afterAll(() => world.close());

const reseller = actorOf(null);
const IBAN = { es: 'ES9121000418450200051332', de: 'DE89370400440532013000' };
const november = new Date('2026-11-10T10:00:00Z');
const december = new Date('2026-12-01T00:25:00Z');

async function network() {
  const made = await world.createTenant();
  const a = await addAgency(made.sql, 'Agency A');
  const b = await addAgency(made.sql, 'Agency B', a);
  const within = <T>(work: (sql: TenantSql) => Promise<T>) => world.database.withTenant(made.tenant, work);
  const settleAt = (now: Date) =>
    settleAgencies(within, {
      now,
      onFault: (error) => {
        throw error;
      },
    });
  const statements = async (actor: Actor = reseller, agency?: TestAgency) =>
    (
      await listStatements(made.sql, actor, { limit: 50, ...(agency ? { agencyId: agency.id } : {}) })
    ).rows.toReversed();
  const sell = (method: 'card' | 'wallet', travelEndAt: string) =>
    sellExample(world.database, made, { a, b, method, travelEndAt, at: november });
  const terms = (more: { reserveBp?: number; minimumPayout?: number; period?: 'weekly' | 'monthly' }) =>
    within((sql) =>
      changeTerms(sql, reseller, {
        agencyId: null,
        terms: { period: 'monthly', reserveBp: 0, reserveDays: 90, minimumPayout: 0, ...more },
      }),
    );
  const account = (agencyId: string | null, iban: string) =>
    within((sql) => changePayoutAccount(sql, reseller, { agencyId, account: { holder: 'Holder SL', iban } }));
  const give = (agency: TestAgency, amount: number, now = november) =>
    memo(world.database, made.tenant, { agencyId: agency.id, amount, now });
  const approve = (id: string, now = december) => within((sql) => approveStatement(sql, reseller, { id, now }));
  const isSound = async () => expect((await verifyLedger(made.sql)).imbalances).toEqual([]);
  return { ...made, a, b, within, settleAt, statements, sell, terms, account, give, approve, isSound };
}

describe('closing', () => {
  it('example M: takes up earnings, clawbacks and memos, holds the reserve, carries debt; posts every cent', async () => {
    const net = await network();
    await net.terms({ reserveBp: 1000, minimumPayout: 1000 });
    const earn = async (amount: number, payableAt: string, paid = false) => {
      const booking = await net.sell('card', '2020-01-01T00:00:00Z');
      await net.sql.run(q('commissions').where({ booking_id: booking.id }).whereNot({ agency_id: net.b.id }).delete());
      await net.sql.run(
        q('commissions')
          .where({ booking_id: booking.id })
          .update({
            amount_minor: amount,
            markup_minor: 0,
            state: paid ? 'paid' : 'payable',
            payable_at: payableAt,
          }),
      );
      return booking.id;
    };
    const claw = (bookingId: string, amount: number, at: string) =>
      net.sql.run(
        q.raw(
          `insert into commission_reversals (id, commission_id, key, commission_minor, markup_minor, is_clawback, created_at)
           select ?, id, 'r', ?, 0, true, ? from commissions where booking_id = ?`,
          [newId(), amount, at, bookingId],
        ),
      );
    // A debt of 3000 from October.
    await net.give(net.b, -3000, new Date('2026-10-10T10:00:00Z'));
    await net.settleAt(new Date('2026-11-01T01:00:00Z'));
    await earn(98000, '2026-11-12T00:00:00Z');
    const before = await earn(20000, '2026-09-01T00:00:00Z', true);
    await claw(before, 14520, '2026-11-20T00:00:00Z');
    await net.give(net.b, -6500);
    expect(await net.settleAt(december)).toEqual({ closed: 1, opened: 0, failed: 0 });
    expect(await net.settleAt(december)).toEqual({ closed: 0, opened: 0, failed: 0 });
    await earn(2000, '2026-12-12T00:00:00Z');
    await claw(await earn(9000, '2026-09-01T00:00:00Z', true), 7500, '2026-12-20T00:00:00Z');
    await net.settleAt(new Date('2027-01-01T00:25:00Z'));

    const [october, m, next] = (await net.statements(reseller, net.b)).map((row) => presentStatement(row, reseller));
    expect(october).toMatchObject({ payout: { amount: 0 }, carriedOut: { amount: -3000 } });
    expect(m).toMatchObject({
      from: '2026-11-01',
      to: '2026-11-30',
      state: 'closed',
      released: { amount: 98000 },
      clawbacks: { amount: -14520 },
      memos: { amount: -6500 },
      carriedIn: { amount: -3000 },
      reserve: { amount: 9800 },
      payout: { amount: 64180, currency: 'EUR' },
      carriedOut: { amount: 0 },
      reserveUntil: '2027-03-01',
    });
    expect(next).toMatchObject({ payout: { amount: 0 }, carriedOut: { amount: -5500 }, carriedIn: { amount: 0 } });
    expect(await balanceOf(net.sql, `settlement_payable:${net.b.id}`)).toBe(-64180 + 5500);
    expect(await balanceOf(net.sql, `settlement_reserve:${net.b.id}`)).toBe(-9800);

    // What the bank returns is open again.
    await net.approve(m!.id);
    await net.within((sql) => markPaid(sql, reseller, { id: m!.id, now: december, reference: 'TRF 1' }));
    await net.within((sql) => markReturned(sql, reseller, { id: m!.id, now: december, reason: 'Account closed' }));
    expect((await readStatement(net.sql, reseller, m!.id)).state).toBe('returned');
    expect(await balanceOf(net.sql, `settlement_payable:${net.b.id}`)).toBe(-64180 + 5500);
    await net.isSound();
  });

  it('shows an open statement as it would close now, and closes it with the same lines', async () => {
    const net = await network();
    await net.terms({});
    const card = await net.sell('card', '2026-11-05T20:00:00Z');
    await net.sell('wallet', '2026-11-06T20:00:00Z');
    const later = await net.sell('card', '2026-12-05T20:00:00Z');
    expect(await net.settleAt(new Date('2026-11-15T00:00:00Z'))).toEqual({ closed: 0, opened: 2, failed: 0 });
    const [open] = await net.statements(reseller, net.b);
    expect([open!.state, open!.payout_minor]).toEqual(['open', 1800 + 1330]);
    const shown = await listLines(net.sql, open!, { limit: 1 });
    const rest = await listLines(net.sql, open!, { limit: 5, cursor: shown.next! });
    const preview = [...shown.rows, ...rest.rows];
    expect(await net.settleAt(december)).toMatchObject({ closed: 2 });
    const closed = await readStatement(net.sql, reseller, open!.id);
    expect([closed.state, closed.payout_minor]).toEqual(['closed', 3130]);
    expect((await listLines(net.sql, closed, { limit: 5 })).rows).toEqual(preview);
    expect(preview.map((line) => [line.booking_id === card.id, line.amount_minor])).toEqual([
      [true, 1800],
      [false, 1330],
    ]);
    // Both accounts are emptied by what was taken up; what is not travelled stays.
    expect(await balanceOf(net.sql, `agency_payable:${net.b.id}`)).toBe(-1800);
    expect(await balanceOf(net.sql, `commission_payable:${net.b.id}`)).toBe(0);
    expect(await balanceOf(net.sql, 'settlement_receivable:reseller', net.b.id)).toBe(3130);
    expect(later.id).not.toBe(card.id);
    await net.isSound();
  });

  it('a refund after the statement is a clawback of the next, once', async () => {
    const net = await network();
    await net.terms({});
    const booking = await net.sell('card', '2026-11-05T20:00:00Z');
    await net.settleAt(december);
    const refund = () =>
      net.within((sql) =>
        reverseCommissions(sql, {
          bookingId: booking.id,
          key: 'refund',
          at: new Date('2026-12-03T09:00:00Z'),
          currency: 'EUR',
          taken: new Map([[net.b.id, { commission: 798, markup: 282 }]]),
        }),
      );
    await Promise.all([refund(), refund()]);
    await net.settleAt(new Date('2027-01-01T00:25:00Z'));
    const [first, second] = await net.statements(reseller, net.b);
    expect([first!.payout_minor, second!.clawbacks_minor, second!.carried_out_minor]).toEqual([1800, -1080, -1080]);
  });

  it('many runs at once close each statement once', async () => {
    const net = await network();
    await net.terms({});
    await net.sell('card', '2026-11-05T20:00:00Z');
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => net.settleAt(december)));
    expect(outcomes.reduce((all, { closed }) => all + closed, 0)).toBe(2);
    expect((await net.statements()).map(({ payout_minor }) => payout_minor).sort()).toEqual([1070, 1800]);
    await net.isSound();
  });

  it('gives a reserve back when its time has come, and statements of another kind follow without overlap', async () => {
    const net = await network();
    await net.terms({ reserveBp: 1000 });
    await net.sell('card', '2026-11-05T20:00:00Z');
    await net.settleAt(december);
    await net.terms({ reserveBp: 1000, period: 'weekly' });
    await net.settleAt(new Date('2027-03-03T00:00:00Z'));
    await net.settleAt(new Date('2027-03-10T00:00:00Z'));
    const [first, second] = await net.statements(reseller, net.b);
    expect([first!.reserve_minor, first!.payout_minor]).toEqual([133 + 47, 1620]);
    expect([second!.reserve_released_minor, second!.payout_minor, second!.period_start]).toEqual([
      180,
      180,
      '2027-03-01',
    ]);
    expect(await balanceOf(net.sql, `settlement_reserve:${net.b.id}`)).toBe(0);
  });
});

describe('paying', () => {
  async function approved() {
    const net = await network();
    await net.terms({});
    await net.sell('card', '2026-11-05T20:00:00Z');
    await net.account(null, IBAN.es);
    await net.account(net.b.id, IBAN.de);
    await net.settleAt(december);
    const rows = await net.statements();
    for (const row of rows) await net.approve(row.id);
    const ofB = rows.find((row) => row.agency_id === net.b.id)!;
    const makeFile = (id = newId()) =>
      net.within((sql) => makePayoutFile(sql, reseller, { id, executionOn: '2026-12-02', now: december }));
    return { ...net, ofB, makeFile };
  }

  it('sends each statement in one file, names what cannot go, and pays it once', async () => {
    const net = await approved();
    const id = newId();
    const { file, skipped } = await net.makeFile(id);
    expect([file.payouts, file.total_minor, file.sent]).toEqual([1, 1800, 1]);
    expect(skipped.map(({ reason }) => reason)).toEqual(['no_account']);
    expect((await net.makeFile(id)).file).toEqual(file);
    // An account that was carried over is not paid to before it is confirmed.
    const carried = { agencyId: net.a.id, holder: 'A SL', iban: 'ES9121000418450200051332', bic: null };
    await net.within((sql) => carryAccount(sql, carried));
    await expect(net.makeFile()).rejects.toMatchObject({
      code: 'settlement.nothing_to_pay',
      extensions: { skipped: [{ reason: 'account_unconfirmed' }, { reason: 'in_another_file' }] },
    });
    const { xml } = await readPayoutXml(net.sql, reseller, id);
    expect(xml).toContain('<InstdAmt Ccy="EUR">18.00</InstdAmt>');
    expect(xml).toContain(net.ofB.id.replaceAll('-', ''));
    for (let i = 0; i < 2; i += 1)
      expect((await net.within((sql) => markFilePaid(sql, reseller, { id, now: december }))).sent).toBe(0);
    expect(await balanceOf(net.sql, 'bank_clearing')).toBe(-1800);
    expect(await balanceOf(net.sql, `settlement_payable:${net.b.id}`)).toBe(0);
    const states = await net.sql.all<{ state: string }>(
      q('commissions').where({ agency_id: net.b.id }).select('state'),
    );
    expect(states).toEqual([{ state: 'paid' }]);
    await net.isSound();
  });

  it('two files at once: one has it', async () => {
    const net = await approved();
    const answers = await Promise.allSettled([1, 2, 3].map(() => net.makeFile()));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await listPayouts(net.sql, reseller, { limit: 10 })).rows).toHaveLength(1);
  });

  it('what came back is approved and sent anew, under a key of its own', async () => {
    const net = await approved();
    const { file } = await net.makeFile();
    await net.within((sql) => markFilePaid(sql, reseller, { id: file.id, now: december }));
    const { id } = net.ofB;
    const back = () => net.within((sql) => markReturned(sql, reseller, { id, now: december, reason: 'AC04' }));
    await back();
    await expect(back()).rejects.toMatchObject({ code: 'settlement.wrong_state' });
    await expect(net.approve(id)).rejects.toMatchObject({ code: 'settlement.wrong_state' });
    await net.within((sql) => reopenStatement(sql, reseller, { id, now: december }));
    await net.approve(id);
    const again = await net.makeFile();
    expect((await readPayoutXml(net.sql, reseller, again.file.id)).xml).toContain(`${id.replaceAll('-', '')}-2`);
    await net.within((sql) => markPaid(sql, reseller, { id, now: december }));
    expect(await balanceOf(net.sql, 'bank_clearing')).toBe(-1800);
    const { rows } = await listPayouts(net.sql, actorOf(net.b), { limit: 10 });
    expect(rows.map(({ state }) => state)).toEqual(['paid', 'returned']);
    await net.isSound();
  });

  it('an approval wins once; a suspended agency waits', async () => {
    const net = await network();
    await net.terms({});
    await net.sell('card', '2026-11-05T20:00:00Z');
    await net.settleAt(december);
    const [ofA, ofB] = await Promise.all([net.statements(reseller, net.a), net.statements(reseller, net.b)]);
    const answers = await Promise.allSettled([1, 2, 3].map(() => net.approve(ofA[0]!.id)));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await net.sql.run(q('agencies').where({ id: net.b.id }).update({ state: 'suspended' }));
    await expect(net.approve(ofB[0]!.id)).rejects.toMatchObject({ code: 'settlement.agency_on_hold' });
  });

  it('refuses days on which banks rest', async () => {
    const net = await approved();
    for (const executionOn of ['2026-11-30', '2026-12-05', '2027-06-01'])
      await expect(
        net.within((sql) => makePayoutFile(sql, reseller, { id: newId(), executionOn, now: december })),
      ).rejects.toMatchObject({ code: 'settlement.no_banking_day' });
  });

  it('PostgreSQL itself refuses a second payout, and changes of what was taken up', async () => {
    const net = await approved();
    await net.makeFile();
    const second = { id: newId(), key: 'x', statement_id: net.ofB.id, method: 'manual', state: 'sent' };
    await expect(
      net.sql.run(q('payouts').insert({ ...second, amount_minor: 1, currency: 'EUR', sent_at: december })),
    ).rejects.toThrow(/payouts_live/);
    await expect(net.sql.run(q('settlement_lines').update({ amount_minor: 1 }))).rejects.toThrow(/never change/);
  });
});

describe('what each level sees', () => {
  it('is its own statement and no figure of another', async () => {
    const net = await network();
    await net.terms({});
    await net.sell('card', '2026-11-05T20:00:00Z');
    await net.settleAt(december);
    const [own, ...more] = await net.statements(actorOf(net.b));
    expect(more).toEqual([]);
    const { rows } = await listLines(net.sql, own!, { limit: 5 });
    const amounts = numbersIn([presentStatement(own!, actorOf(net.b)), rows.map(({ amount_minor }) => amount_minor)]);
    expect(amounts).toEqual(new Set([0, 1800]));
    const [ofA] = await net.statements(reseller, net.a);
    await expect(readStatement(net.sql, actorOf(net.b), ofA!.id)).rejects.toMatchObject({ status: 404 });
    await expect(
      net.within((sql) => approveStatement(sql, actorOf(net.b), { id: own!.id, now: december })),
    ).rejects.toMatchObject({ status: 403 });
  });

  it('is printed as CSV and PDF in the reader’s language', async () => {
    const net = await network();
    await net.terms({});
    const booking = await net.sell('card', '2026-11-05T20:00:00Z');
    await net.give(net.b, -250);
    await net.settleAt(december);
    const [row] = await net.statements(actorOf(net.b));
    let csv = '';
    for await (const part of statementCsv(row!, allLines(net.sql, row!), 'es')) csv += part;
    const lines = csv.slice(1).split('\r\n');
    expect(lines[1]).toBe(`ST-00000${row!.number},2026-11-08,Ganancia,${booking.reference},Madrid to London,18.00,EUR`);
    expect(lines[2]).toBe(`ST-00000${row!.number},2026-11-10,Corrección,,Goodwill,-2.50,EUR`);
    expect(lines.at(-2)).toBe(`ST-00000${row!.number},,,,A pagar,15.50,EUR`);
    const pdf = await statementPdf(row!, allLines(net.sql, row!), { locale: 'es', brand: net.brand });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });
});
