import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { abilityFor } from '../access/index.ts';
import { q } from '../kernel/database/builder.ts';
import { withOwner } from '../kernel/database/owner.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { createApi } from '../kernel/http/api.ts';
import { newId } from '../kernel/ids.ts';
import { createLogger } from '../kernel/logging/logger.ts';
import { actorOf, addAgency, addBooking, exampleAOf, numbersIn } from '../ledger/testing.ts';
import { createTestWorld } from '../testing/index.ts';
import type { TestWorld } from '../testing/index.ts';
import { buildCreditNote, lockLedger, postTransaction } from '../ledger/index.ts';
import { createInvoicing, issueCreditNotes, issueSaleInvoices } from './index.ts';
import type { CreditNoteBooks, SaleToInvoice } from './index.ts';
import { creditInvoice } from './credit-invoice.ts';
import type { InvoiceView } from './schema.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld({ DATABASE_POOL_SIZE: '10' });
});
afterAll(() => world.close());

const now = new Date('2026-11-23T12:00:00.000Z');
const customer = { name: 'Ana Prieto', email: 'ana@mail.test' };

/** Posts a credit note without a trip. */
const creditNoteBooks: CreditNoteBooks = {
  lock: lockLedger,
  async post(sql, { key, lines, corrected }) {
    const posting = buildCreditNote({
      key,
      currency: corrected.currency,
      issuerAgencyId: corrected.issuer.agencyId,
      billedAgencyId: corrected.customer.agencyId,
      net: -lines.reduce((sum, line) => sum + line.amountMinor, 0),
      tax: 0,
    });
    await postTransaction(sql, posting, { occurredAt: now, description: key });
  },
  issued: async () => undefined,
};

async function network() {
  const made = await world.createTenant({ name: 'Aurora Travel' });
  const a = await addAgency(made.sql, 'Agency A');
  const b = await addAgency(made.sql, 'Agency B', a);
  const traveller = { ...actorOf(null, 'customer'), id: newId() };
  await made.sql.run(q('users').insert({ id: traveller.id, email: `${traveller.id}@mail.test`, role: 'customer' }));
  const book = (method: 'card' | 'wallet' = 'card') =>
    addBooking(made.sql, { brandId: made.brand.id, agency: b, customerId: traveller.id, method });
  const saleOf = (booking: { id: string }, method: 'card' | 'wallet' = 'card'): SaleToInvoice => ({
    booking: { id: booking.id, brandId: made.brand.id, locale: 'es' },
    method,
    buildUp: exampleAOf(a, b),
    customer,
    description: 'Vuelo Madrid – Londres, 1 dic 2026',
    quantity: 2,
    now,
  });
  const issue = (sale: SaleToInvoice) => world.database.withTenant(made.tenant, (sql) => issueSaleInvoices(sql, sale));
  const api = createApi(
    createInvoicing({ database: world.database, clock: { now: () => now }, creditNoteBooks }).routes,
    {
      checkAnswers: true,
    },
  );
  const log = createLogger({ level: 'silent', role: 'test' });
  const get = async (actor: Actor, path: string, headers: Record<string, string> = {}) => {
    const context = {
      requestId: 'r',
      tenant: made.tenant,
      brand: made.brand,
      actor,
      ability: abilityFor(actor),
      sql: made.sql,
      locale: 'en',
      ip: '127.0.0.1',
      log,
    };
    return (await api.invoke({ method: 'get', path, headers, context })).reply;
  };
  const list = async (actor: Actor) =>
    ((await get(actor, '/invoices')).body as { data: { number: string; total: { amount: number }; id: string }[] })
      .data;
  return { ...made, a, b, traveller, book, saleOf, issue, get, list };
}

describe('numbers', () => {
  it('run 1 to n without a hole when 40 are issued at once and a third are rolled back', async () => {
    const net = await network();
    const bookings = await Promise.all(Array.from({ length: 40 }, () => net.book()));
    const results = await Promise.allSettled(
      bookings.map((booking, i) =>
        world.database.withTenant(net.tenant, async (sql) => {
          const issued = await issueSaleInvoices(sql, net.saleOf(booking));
          if (i % 3 === 0) throw new Error('rolled back');
          return issued;
        }),
      ),
    );
    const kept = results.filter((result) => result.status === 'fulfilled').length;
    const rows = await net.sql.all<{ number: number; full_number: string }>(
      q('invoices').orderBy('number').select('number', 'full_number'),
    );
    expect(kept).toBe(26);
    expect(rows.map((row) => row.number)).toEqual(Array.from({ length: 26 }, (_, i) => i + 1));
    expect(rows[0]?.full_number).toBe('S-2026-000001');
  });

  it('are taken once per sale, also when twenty ask at once, and begin again each year and tenant', async () => {
    const net = await network();
    const booking = await net.book();
    const issued = await Promise.all(Array.from({ length: 20 }, () => net.issue(net.saleOf(booking))));
    expect(new Set(issued.map(([invoice]) => invoice!.full_number))).toEqual(new Set(['S-2026-000001']));
    const [next] = await net.issue({ ...net.saleOf(await net.book()), now: new Date('2027-01-01T00:00:00Z') });
    expect(next!.full_number).toBe('S-2027-000001');
  });

  it('carry dates that never decrease within a series', async () => {
    const net = await network();
    await net.issue(net.saleOf(await net.book()));
    const [second] = await net.issue({ ...net.saleOf(await net.book()), now: new Date(now.getTime() - 1000) });
    expect([second!.full_number, second!.issued_at]).toEqual(['S-2026-000002', now]);
  });
});

describe('what is issued', () => {
  it('a card sale: the reseller bills the customer the total in the margin scheme, without a tax or a margin', async () => {
    const net = await network();
    const [invoice] = await net.issue(net.saleOf(await net.book()));
    const { body } = await net.get(net.traveller, `/invoices/${invoice!.id}`);
    const view = body as InvoiceView;
    expect(view).toMatchObject({
      issuer: { name: 'Aurora Travel' },
      customer: { name: 'Ana Prieto' },
      total: { amount: 23970, currency: 'EUR' },
      kind: 'simplified_invoice',
    });
    expect(view.notes).toEqual(['Régimen especial de las agencias de viajes.']);
    expect(view.lines).toEqual([
      {
        description: 'Vuelo Madrid – Londres, 1 dic 2026',
        quantity: 2,
        amount: { amount: 23970, currency: 'EUR' },
        tax: { scheme: 'margin', rateBasisPoints: null },
      },
    ]);
    expect(view.taxes).toEqual([]);
    expect(numbersIn(view)).toEqual(new Set([23970, 2]));
  });

  it('a wallet sale: each level bills the next in its own series, and each side sees its own only', async () => {
    const net = await network();
    const issued = await net.issue(net.saleOf(await net.book('wallet'), 'wallet'));
    const ofA = net.a.id.slice(-8).toUpperCase();
    const ofB = net.b.id.slice(-8).toUpperCase();
    expect(issued.map((invoice) => [invoice.full_number, invoice.total_minor, invoice.customer.name])).toEqual([
      ['F-2026-000001', 23000, 'Agency A Viajes SL'],
      [`F-${ofA}-2026-000001`, 23500, 'Agency B Viajes SL'],
      [`S-${ofB}-2026-000001`, 23970, 'Ana Prieto'],
    ]);
    const totals = async (actor: Actor) => (await net.list(actor)).map((row) => row.total.amount);
    expect(await totals(actorOf(null))).toEqual([23970, 23500, 23000]);
    expect(await totals(actorOf(net.a))).toEqual([23500, 23000]);
    expect(await totals(actorOf(net.b))).toEqual([23970, 23500]);
    expect(await totals(actorOf(net.b, 'agent'))).toEqual([23970, 23500]);
    expect(await totals(net.traveller)).toEqual([23970]);
    expect(await totals({ ...net.traveller, id: newId() })).toEqual([]);
    await expect(net.get(actorOf(net.b), `/invoices/${issued[0]!.id}`)).rejects.toMatchObject({ status: 404 });
    await expect(net.get(net.traveller, `/invoices/${issued[1]!.id}`)).rejects.toMatchObject({ status: 404 });
    expect((await net.get(actorOf(net.a), `/invoices/${issued[0]!.id}`)).status).toBe(200);
  });

  it('never changes, whoever asks', async () => {
    const net = await network();
    await net.issue(net.saleOf(await net.book()));
    await expect(net.sql.run(q('invoices').update({ total_minor: 1 }))).rejects.toThrow(/permission denied/);
    await withOwner(world.config.DATABASE_URL, async (owner) => {
      await expect(owner.query(`update ${net.tenant.schema}.invoices set total_minor = 1`)).rejects.toThrow(
        /never change/,
      );
    });
  });

  it('is corrected by credit notes in a series of their own, once per refund', async () => {
    const net = await network();
    const booking = await net.book('wallet');
    await net.issue(net.saleOf(booking, 'wallet'));
    // Example C down the chain: 60 % of every price.
    const refund = {
      bookingId: booking.id,
      key: 'refund-1',
      customerMinor: 14382,
      edges: [
        { agencyId: net.a.id, amountMinor: 13800 },
        { agencyId: net.b.id, amountMinor: 14100 },
      ],
      now,
    };
    const credit = () => world.database.withTenant(net.tenant, (sql) => issueCreditNotes(sql, refund));
    const notes = await credit();
    expect(notes.map((note) => [note.kind, note.total_minor, note.corrects_number])).toEqual([
      ['credit_note', -13800, 'F-2026-000001'],
      ['credit_note', -14100, expect.stringMatching(/^F-.+-2026-000001$/)],
      ['credit_note', -14382, expect.stringMatching(/^S-.+-2026-000001$/)],
    ]);
    expect((await credit()).map((note) => note.id)).toEqual(notes.map((note) => note.id));
    const { body } = await net.get(actorOf(net.a), `/invoices/${notes[0]!.id}`);
    expect(body).toMatchObject({ number: 'R-2026-000001', corrects: { number: 'F-2026-000001' } });
  });
});

describe('credit notes by hand', () => {
  it('take back a part and then the rest, once per key, and never more, also when eight ask at once', async () => {
    const net = await network();
    const [invoice] = await net.issue(net.saleOf(await net.book()));
    const credit = (key: string, amountMinor?: number) =>
      world.database.withTenant(net.tenant, (sql) =>
        creditInvoice(
          sql,
          actorOf(null),
          { invoiceId: invoice!.id, key, reason: 'Goodwill', now, ...(amountMinor ? { amountMinor } : {}) },
          creditNoteBooks,
        ),
      );
    const first = await credit('a', 3970);
    expect([first.total_minor, first.corrects_kind, first.notes.at(-1)]).toEqual([
      -3970,
      'simplified_invoice',
      'Motivo: Goodwill',
    ]);
    expect((await credit('a', 3970)).id).toBe(first.id);
    const results = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => credit(`b${i}`, 5000)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    await expect(credit('c')).rejects.toMatchObject({ code: 'invoice.credit_exceeds_invoice' });
    await expect(credit('d', 1)).rejects.toMatchObject({ code: 'invoice.credit_exceeds_invoice' });
    // A refund after that has nothing left to correct.
    const refund = { bookingId: invoice!.booking_id!, key: 'r', customerMinor: 14382, now };
    expect(await world.database.withTenant(net.tenant, (sql) => issueCreditNotes(sql, refund))).toEqual([]);
  });

  it('are only the issuer’s to write', async () => {
    const net = await network();
    const [fromReseller, fromA] = await net.issue(net.saleOf(await net.book('wallet'), 'wallet'));
    const credit = (actor: Actor, invoiceId: string) =>
      world.database.withTenant(net.tenant, (sql) =>
        creditInvoice(sql, actor, { invoiceId, key: newId(), reason: 'Goodwill', now }, creditNoteBooks),
      );
    await expect(credit(actorOf(net.a), fromReseller!.id)).rejects.toMatchObject({ status: 404 });
    await expect(credit(actorOf(null), fromA!.id)).rejects.toMatchObject({ status: 404 });
    await expect(credit(actorOf(net.b), fromA!.id)).rejects.toMatchObject({ status: 404 });
    const note = await credit(actorOf(net.a), fromA!.id);
    expect([note.total_minor, note.corrects_kind]).toEqual([-23500, 'invoice']);
    await expect(credit(actorOf(net.a), note.id)).rejects.toMatchObject({ code: 'invoice.not_creditable' });
  });
});

describe('the document', () => {
  it("is a PDF in the invoice's language, the same bytes each time, by Accept and by link", async () => {
    const net = await network();
    const [invoice] = await net.issue(net.saleOf(await net.book()));
    const byLink = await net.get(net.traveller, `/invoices/${invoice!.id}/pdf`);
    const byAccept = await net.get(net.traveller, `/invoices/${invoice!.id}`, { accept: 'application/pdf' });
    expect(byLink.binary).toMatchObject({ contentType: 'application/pdf', fileName: 'S-2026-000001.pdf' });
    const pdf = byLink.binary!.data;
    expect(pdf.subarray(0, 8).toString()).toBe('%PDF-1.7');
    expect(pdf.includes('/Lang (es-ES)')).toBe(true);
    expect(byAccept.binary!.data.equals(pdf)).toBe(true);
    expect(
      (await net.get(net.traveller, `/invoices/${invoice!.id}`, { accept: 'application/json' })).binary,
    ).toBeUndefined();
  });

  it('is UBL by Accept and by link where the issuer has a tax id, for credit notes too, and says why where it has none', async () => {
    const net = await network();
    const sale = net.saleOf(await net.book('wallet'), 'wallet');
    const [fromReseller, fromA] = await net.issue(sale);
    expect((await net.get(actorOf(null), `/invoices/${fromReseller!.id}`)).body).toMatchObject({ xmlUrl: null });
    expect((await net.get(actorOf(net.a), `/invoices/${fromA!.id}`)).body).toMatchObject({
      xmlUrl: `/api/v1/invoices/${fromA!.id}/xml`,
    });
    await expect(net.get(actorOf(null), `/invoices/${fromReseller!.id}/xml`)).rejects.toMatchObject({
      code: 'invoice.not_an_e_invoice',
    });
    const byAccept = await net.get(actorOf(net.a), `/invoices/${fromA!.id}`, { accept: 'application/xml' });
    const byLink = await net.get(actorOf(net.a), `/invoices/${fromA!.id}/xml`);
    expect(byAccept.binary!.contentType).toBe('application/xml; charset=utf-8');
    expect(byAccept.binary!.data.equals(byLink.binary!.data)).toBe(true);
    expect(byLink.binary!.data.toString()).toContain(`<cbc:ID>${fromA!.full_number}</cbc:ID>`);
    const refund = {
      bookingId: sale.booking.id,
      key: 'r',
      customerMinor: 0,
      edges: [{ agencyId: net.b.id, amountMinor: 100 }],
      now,
    };
    const [note] = await world.database.withTenant(net.tenant, (sql) => issueCreditNotes(sql, refund));
    const credit = (await net.get(actorOf(net.a), `/invoices/${note!.id}/xml`)).binary!.data.toString();
    expect(credit).toContain('<cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode>');
    expect(credit).toContain(`<cbc:ID>${fromA!.full_number}</cbc:ID>`);
  });
});
