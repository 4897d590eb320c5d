import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { idOf } from './context.ts';
import { buildStripeWorld, postForm, type StripeWorld } from './testing.ts';

let world: StripeWorld;
beforeAll(async () => {
  world = await buildStripeWorld();
});
afterAll(() => world?.stop());

const LINKS = { refresh_url: 'http://console.test/again', return_url: 'http://console.test/back' };
const paid = {
  amount: 10_000,
  currency: 'eur',
  payment_method: 'pm_card_visa',
  confirm: true,
  automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
} as const;

async function failure(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Stripe.errors.StripeError)) throw new Error(`Expected a refusal, got ${String(error)}`);
  return error;
}

const sideDoor = async (path: string, body: object): Promise<unknown> =>
  (await fetch(`${world.sandbox.url}/__sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) })).json();

async function onboarded(outcome: 'complete' | 'document' = 'complete'): Promise<Stripe.Account> {
  const account = await world.stripe.accounts.create({
    type: 'express',
    country: 'ES',
    email: 'ana@agency.test',
    capabilities: { transfers: { requested: true }, card_payments: { requested: true } },
    metadata: { tenant_id: 't' },
  });
  const link = await world.stripe.accountLinks.create({ account: account.id, type: 'account_onboarding', ...LINKS });
  const answer = await postForm(link.url, { outcome });
  expect([answer.status, answer.headers.get('location')]).toEqual([303, LINKS.return_url]);
  return world.stripe.accounts.retrieve(account.id);
}

const fund = (amount = 100_000) =>
  world.stripe.paymentIntents.create({ ...paid, amount, payment_method: 'pm_card_bypassPending' });
const typesOf = (id: string): string[] =>
  world.receiver.received
    .filter(({ event }) => (event.data.object as { id?: string }).id === id)
    .map(({ event }) => event.type);

describe('connected accounts', () => {
  it('may do nothing before onboarding, and everything after it', async () => {
    const created = await world.stripe.accounts.create({
      controller: { stripe_dashboard: { type: 'full' }, losses: { payments: 'stripe' }, fees: { payer: 'account' } },
      capabilities: { card_payments: { requested: true } },
    });
    expect(created).toMatchObject({ type: 'none', charges_enabled: false, payouts_enabled: false });
    expect(created.requirements?.currently_due).toContain('external_account');
    expect(await failure(world.stripe.paymentIntents.create(paid, { stripeAccount: created.id }))).toMatchObject({
      code: 'account_invalid',
    });
    const ready = await onboarded();
    expect(ready).toMatchObject({ type: 'express', charges_enabled: true, payouts_enabled: true });
    expect(ready.requirements?.currently_due).toEqual([]);
    await vi.waitFor(() => expect(typesOf(ready.id)).toContain('account.updated'));
    const told = world.receiver.received.find(({ event }) => event.type === 'account.updated')?.event;
    expect(told?.account).toBe(ready.id);
    expect((await world.stripe.accounts.list()).data.map(({ id }) => id)).toContain(ready.id);
  });

  it('takes payments without a document, but pays nothing out', async () => {
    expect(await onboarded('document')).toMatchObject({
      charges_enabled: true,
      payouts_enabled: false,
      requirements: { currently_due: ['individual.verification.document'] },
    });
  });

  it('opens an onboarding page once; then it leads to where a new link is made', async () => {
    const account = await world.stripe.accounts.create({ type: 'express' });
    const link = await world.stripe.accountLinks.create({ account: account.id, type: 'account_onboarding', ...LINKS });
    const page = await fetch(link.url);
    expect(await page.text()).toMatch(/Sandbox/);
    await postForm(link.url, { outcome: 'later' });
    expect(await world.stripe.accounts.retrieve(account.id)).toMatchObject({ details_submitted: false });
    const again = await fetch(link.url, { redirect: 'manual' });
    expect(again.headers.get('location')).toBe(LINKS.refresh_url);
  });

  it('refuses accounts that are not connected, unknown parameters, and a fee without a connected account', async () => {
    expect(await failure(world.stripe.balance.retrieve({}, { stripeAccount: 'acct_other' }))).toMatchObject({
      statusCode: 403,
      code: 'account_invalid',
    });
    const unknown = { kind: 'express' } as Stripe.AccountCreateParams;
    expect(await failure(world.stripe.accounts.create(unknown))).toMatchObject({ code: 'parameter_unknown' });
    expect(await failure(world.stripe.paymentIntents.create({ ...paid, application_fee_amount: 100 }))).toMatchObject({
      param: 'application_fee_amount',
    });
  });
});

describe('application fees', () => {
  it('move to the platform with the capture and go back by amount, at most once in all', async () => {
    const { id: account } = await onboarded();
    const intent = await world.stripe.paymentIntents.create(
      { ...paid, application_fee_amount: 484 },
      { stripeAccount: account },
    );
    const charge = await world.stripe.charges.retrieve(
      idOf(intent.latest_charge),
      { expand: ['balance_transaction'] },
      { stripeAccount: account },
    );
    expect(charge.balance_transaction).toMatchObject({ amount: 10_000, fee: 175 + 484, net: 10_000 - 659 });
    const fee = idOf(charge.application_fee);
    expect(await world.stripe.applicationFees.retrieve(fee)).toMatchObject({ amount: 484, account, charge: charge.id });
    const back = await world.stripe.applicationFees.createRefund(fee, { amount: 242 }, { idempotencyKey: `${fee}:1` });
    const repeat = await world.stripe.applicationFees.createRefund(
      fee,
      { amount: 242 },
      { idempotencyKey: `${fee}:1` },
    );
    expect(repeat.id).toBe(back.id);
    expect(await failure(world.stripe.applicationFees.createRefund(fee, { amount: 243 }))).toMatchObject({
      param: 'amount',
    });
    await world.stripe.refunds.create({ charge: charge.id, refund_application_fee: true }, { stripeAccount: account });
    expect(await world.stripe.applicationFees.retrieve(fee)).toMatchObject({ amount_refunded: 484, refunded: true });
  });
});

describe('transfers', () => {
  it('need an account that may take them and money that is available; a key moves it once', async () => {
    const raw = await world.stripe.accounts.create({
      type: 'express',
      capabilities: { transfers: { requested: true } },
    });
    const given = { amount: 1_200, currency: 'eur', metadata: { statement_id: 's' } };
    expect(await failure(world.stripe.transfers.create({ ...given, destination: raw.id }))).toMatchObject({
      code: 'insufficient_capabilities_for_transfer',
    });
    const { id: destination } = await onboarded();
    expect(await failure(world.stripe.transfers.create({ ...given, destination }))).toMatchObject({
      code: 'balance_insufficient',
    });
    await fund();
    const options = { idempotencyKey: 'statement' };
    const transfer = await world.stripe.transfers.create({ ...given, destination }, options);
    expect((await world.stripe.transfers.create({ ...given, destination }, options)).id).toBe(transfer.id);
    expect((await world.stripe.transfers.list({ destination })).data).toHaveLength(1);
    expect((await world.stripe.balance.retrieve({}, { stripeAccount: destination })).available).toMatchObject([
      { amount: 1_200 },
    ]);
    await world.stripe.transfers.createReversal(transfer.id, { amount: 200 });
    await world.stripe.transfers.createReversal(transfer.id);
    expect(await world.stripe.transfers.retrieve(transfer.id)).toMatchObject({
      amount_reversed: 1_200,
      reversed: true,
    });
    expect(await failure(world.stripe.transfers.createReversal(transfer.id))).toMatchObject({ statusCode: 400 });
    await vi.waitFor(() =>
      expect(typesOf(transfer.id)).toEqual(['transfer.created', 'transfer.reversed', 'transfer.reversed']),
    );
  });
});

describe('disputes', () => {
  const disputed = async (method = 'pm_card_createDispute') => {
    const intent = await world.stripe.paymentIntents.create({ ...paid, payment_method: method });
    const { data } = await world.stripe.disputes.list({ payment_intent: intent.id });
    return { intent, dispute: data[0] as Stripe.Dispute };
  };

  it('take amount and fee at once, and refuse refunds', async () => {
    const { intent, dispute } = await disputed();
    expect(dispute).toMatchObject({ amount: 10_000, reason: 'fraudulent', status: 'needs_response' });
    expect(dispute.balance_transactions).toMatchObject([{ amount: -10_000, fee: 2_000, net: -12_000 }]);
    expect(await failure(world.stripe.refunds.create({ payment_intent: intent.id }))).toMatchObject({
      code: 'charge_disputed',
    });
  });

  it.each([
    ['winning_evidence', 'won', 2, ['charge.dispute.closed', 'charge.dispute.funds_reinstated']],
    ['losing_evidence', 'lost', 1, ['charge.dispute.closed']],
  ])('%s decides: %s', async (text, status, lines, told) => {
    const { dispute } = await disputed();
    const staged = await world.stripe.disputes.update(dispute.id, {
      evidence: { customer_name: 'Ana' },
      submit: false,
    });
    expect(staged).toMatchObject({ status: 'needs_response', evidence: { customer_name: 'Ana' } });
    const decided = await world.stripe.disputes.update(dispute.id, { evidence: { uncategorized_text: text } });
    expect(decided).toMatchObject({ status, evidence_details: { submission_count: 1 } });
    expect(decided.balance_transactions).toHaveLength(lines);
    expect(await failure(world.stripe.disputes.close(dispute.id))).toMatchObject({ statusCode: 400 });
    await vi.waitFor(() => expect(typesOf(dispute.id).slice(-told.length)).toEqual(told));
  });

  it('of an inquiry take nothing until it is escalated', async () => {
    const { dispute } = await disputed('pm_card_createDisputeInquiry');
    expect(dispute).toMatchObject({ status: 'warning_needs_response', balance_transactions: [] });
    const evidence = { uncategorized_text: 'escalate_inquiry_evidence' };
    expect(await world.stripe.disputes.update(dispute.id, { evidence })).toMatchObject({
      status: 'needs_response',
      balance_transactions: [{ net: -12_000 }],
    });
  });

  it('come by the side door too, of a part, and the bank decides there', async () => {
    const intent = await world.stripe.paymentIntents.create(paid);
    const made = (await sideDoor('disputes', { payment_intent: intent.id, amount: 4_000 })) as Stripe.Dispute;
    expect(made).toMatchObject({ amount: 4_000, payment_intent: intent.id });
    await world.stripe.disputes.update(made.id, { evidence: { uncategorized_text: 'They travelled.' } });
    expect(await sideDoor(`disputes/${made.id}/decision`, { outcome: 'won' })).toMatchObject({ status: 'won' });
    expect(await world.stripe.refunds.create({ payment_intent: intent.id })).toMatchObject({ amount: 10_000 });
  });
});
