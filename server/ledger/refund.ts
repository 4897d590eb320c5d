import { allocate, assertMinor, scaleParts } from '../kernel/money.ts';
import { LedgerError, RESELLER_BOOK, agencyBook, buildPosting, credit, debit, partyOf } from './posting.ts';
import type { Entry, Posting } from './posting.ts';
import { agenciesOf, netParts, supplierPriceOf } from './sale-parts.ts';
import type { AgencyLevel, SaleFigures } from './sale-parts.ts';

/** What a level does with its own earning when the supplier gives back part of the net. */
export type RefundPolicy = 'keep' | 'proportional' | 'full';

export interface LevelRefundTerms {
  readonly policy: RefundPolicy;
  /** The level's own cancellation fee, kept from what it passes on. */
  readonly feeMinor?: number;
}

export interface RefundInput {
  readonly sale: SaleFigures & { readonly platformFee: { readonly paidFrom: 'margin' | 'price' } };
  /** What the supplier gives back of its price this time, in its own currency. */
  readonly supplierRefund: number;
  /** What it gave back in earlier refunds of the same sale. */
  readonly supplierRefundedBefore?: number;
  readonly platform: 'keep' | 'proportional';
  /** Commissions, granted by the reseller, follow its policy. */
  readonly reseller: LevelRefundTerms;
  /** By agency id; an agency left out keeps its markup and charges nothing. */
  readonly agencies: Readonly<Record<string, LevelRefundTerms>>;
}

export interface AgencyRefund {
  readonly agencyId: string;
  /** Returned by the agency to its child: of its markup, less its fee. Negative when the fee is more. */
  readonly markup: number;
  readonly commission: number;
  /** What its parent gives back to it, and what it gives back to its child. */
  readonly fromParent: number;
  readonly toChild: number;
}

export interface RefundPlan {
  readonly currency: string;
  /** Taken off what the supplier is owed, at the booked middle rate. */
  readonly supplier: number;
  /** Returned of what the spread earned. */
  readonly fxEarning: number;
  /** Of a sale in another currency: what the supplier refunds, as it refunds it. */
  readonly foreign?: { readonly amount: number; readonly currency: string };
  readonly platform: number;
  /** Returned out of the reseller's margin; negative when it keeps a fee. */
  readonly margin: number;
  readonly agencies: readonly AgencyRefund[];
  readonly customer: number;
}

interface Returned {
  supplier: number;
  fxEarning: number;
  platform: number;
  margin: number;
  agencies: { markup: number; commission: number }[];
}

const KEEP: LevelRefundTerms = { policy: 'keep' };

/** The amounts of the sale that go back under a policy: proportional ones (still to be scaled) or full ones. */
function amountsUnder(input: RefundInput, policy: 'proportional' | 'full'): Returned {
  const { sale, reseller } = input;
  const applies = reseller.policy === policy;
  const inMargin = sale.platformFee.paidFrom === 'margin';
  const fee = sale.platformFee.amount;
  // A fee paid out of the margin goes back with the margin, whoever of the two bears it; one inside the price stands alone.
  const platformReturns = inMargin ? applies && input.platform !== 'keep' : input.platform === policy;
  const absorbed = inMargin && applies && input.platform === 'keep' ? fee : 0;
  // The supplier's refund is what it is under every policy: it counts with the proportional amounts.
  const parts = policy === 'proportional' ? netParts(sale) : { supplier: 0, fxEarning: 0 };
  return {
    ...parts,
    platform: platformReturns ? fee : 0,
    margin: applies ? sale.resellerMargin + absorbed : 0,
    agencies: agenciesOf(sale).map((level) => ({
      markup: (input.agencies[level.agencyId] ?? KEEP).policy === policy ? level.markup : 0,
      commission: applies ? level.commission : 0,
    })),
  };
}

function splitAgency(
  part: number,
  own: { markup: number; commission: number },
): { markup: number; commission: number } {
  if (own.markup + own.commission === 0) return { markup: 0, commission: 0 };
  const [markup = 0, commission = 0] = allocate(part, [own.markup, own.commission]);
  return { markup, commission };
}

/** Scales all proportional parts at once with the supplier's, so that their sum is rounded once (examples C and D). */
function scaleReturned(whole: Returned, price: number, supplierRefund: number): Returned {
  const ofAgencies = whole.agencies.map((own) => own.markup + own.commission);
  const [supplier = 0, fxEarning = 0, platform = 0, margin = 0, ...agencies] = scaleParts(
    [whole.supplier, whole.fxEarning, whole.platform, whole.margin, ...ofAgencies],
    supplierRefund,
    price,
  );
  return {
    supplier,
    fxEarning,
    platform,
    margin,
    agencies: whole.agencies.map((own, i) => splitAgency(agencies[i] ?? 0, own)),
  };
}

function combine(a: Returned, b: Returned, sign: 1 | -1): Returned {
  return {
    supplier: a.supplier + sign * b.supplier,
    fxEarning: a.fxEarning + sign * b.fxEarning,
    platform: a.platform + sign * b.platform,
    margin: a.margin + sign * b.margin,
    agencies: a.agencies.map((own, i) => ({
      markup: own.markup + sign * (b.agencies[i]?.markup ?? 0),
      commission: own.commission + sign * (b.agencies[i]?.commission ?? 0),
    })),
  };
}

function computeReturned(input: RefundInput): Returned {
  const price = supplierPriceOf(input.sale);
  const before = input.supplierRefundedBefore ?? 0;
  const whole = amountsUnder(input, 'proportional');
  const now = scaleReturned(whole, price, before + input.supplierRefund);
  // Reckoned on the running total, so that many small refunds together return what one large refund would.
  const step = before === 0 ? now : combine(now, scaleReturned(whole, price, before), -1);
  return before === 0 ? combine(step, amountsUnder(input, 'full'), 1) : step;
}

function checkEdge(amount: number, paid: number, who: string): void {
  if (amount < 0) throw new LedgerError(`The fees leave ${who} owing ${-amount} on its own refund; lower a fee.`);
  if (amount > paid) throw new LedgerError(`The refund of ${amount} to ${who} is more than the ${paid} it paid.`);
}

/** Walks down the chain: each level passes on what its parent gave back, plus what it returns of its own. */
function walkEdges(
  fromReseller: number,
  levels: readonly AgencyLevel[],
  returned: Returned['agencies'],
): AgencyRefund[] {
  let passed = fromReseller;
  return levels.map((level, i) => {
    const { markup = 0, commission = 0 } = returned[i] ?? {};
    const fromParent = passed;
    checkEdge(fromParent, level.buyPrice, `agency ${level.agencyId}`);
    passed = fromParent + markup;
    return { agencyId: level.agencyId, markup, commission, fromParent, toChild: passed };
  });
}

/**
 * What a (partial) refund takes from every party and gives to every edge. Pure. Throws LedgerError when the supplier would return
 * more than the net, when fees exceed what is returned, or when an edge would refund more than it was paid.
 */
export function planRefund(input: RefundInput): RefundPlan {
  const { sale, supplierRefund } = input;
  const before = input.supplierRefundedBefore ?? 0;
  if (assertMinor(supplierRefund) < 0 || assertMinor(before) < 0 || before + supplierRefund > supplierPriceOf(sale)) {
    throw new LedgerError(
      `The supplier cannot return ${before + supplierRefund} of a net of ${supplierPriceOf(sale)}.`,
    );
  }
  const returned = computeReturned(input);
  const levels = agenciesOf(sale);
  const own = returned.agencies.map((part, i) => ({
    ...part,
    markup: part.markup - (input.agencies[levels[i]?.agencyId ?? '']?.feeMinor ?? 0),
  }));
  const margin = returned.margin - (input.reseller.feeMinor ?? 0);
  const commissions = own.reduce((total, part) => total + part.commission, 0);
  const { supplier, fxEarning, platform } = returned;
  const fromReseller = supplier + fxEarning + platform + margin + commissions;
  const agencies = walkEdges(fromReseller, levels, own);
  const customer = agencies.at(-1)?.toChild ?? fromReseller;
  checkEdge(customer, sale.customerTotal, 'the customer');
  const foreign = sale.fx && { amount: supplierRefund, currency: sale.fx.net.currency };
  return {
    currency: sale.currency,
    supplier,
    fxEarning,
    ...(foreign ? { foreign } : {}),
    platform,
    margin,
    agencies,
    customer,
  };
}

/**
 * What the supplier's side of a refund is worth: of what the supplier is owed comes off what its refund is worth in the market now; the
 * sale was booked at another rate, and the difference is nobody's markup.
 */
function supplierEntries(plan: RefundPlan, marketMinor: number): Entry[] {
  return [
    debit(RESELLER_BOOK, 'supplier_payable', marketMinor),
    credit(RESELLER_BOOK, 'fx_gain_loss', marketMinor - plan.supplier),
    debit(RESELLER_BOOK, 'fx_earnings', plan.fxEarning),
  ];
}

function cardEntries(plan: RefundPlan, marketMinor: number): Entry[] {
  return [
    ...supplierEntries(plan, marketMinor),
    debit(RESELLER_BOOK, 'platform_payable', plan.platform),
    ...plan.agencies.map((a) => debit(RESELLER_BOOK, `agency_payable:${a.agencyId}`, a.markup + a.commission)),
    debit(RESELLER_BOOK, 'margin', plan.margin),
    credit(RESELLER_BOOK, 'psp_clearing', plan.customer),
    ...plan.agencies.flatMap(({ agencyId, markup, commission }) => [
      debit(agencyBook(agencyId), 'margin', markup),
      debit(agencyBook(agencyId), 'commission_income', commission),
      credit(agencyBook(agencyId), 'receivable:reseller', markup + commission),
    ]),
  ];
}

function walletEntries(plan: RefundPlan, marketMinor: number): Entry[] {
  const top = plan.agencies[0];
  if (!top) throw new LedgerError('A sale without agencies was not paid from a wallet; refund the card.');
  return [
    ...supplierEntries(plan, marketMinor),
    debit(RESELLER_BOOK, 'platform_payable', plan.platform),
    ...plan.agencies.map((a) => debit(RESELLER_BOOK, `commission_payable:${a.agencyId}`, a.commission)),
    debit(RESELLER_BOOK, 'margin', plan.margin),
    credit(RESELLER_BOOK, `wallet:${top.agencyId}`, top.fromParent),
    ...plan.agencies.flatMap((a, i) => {
      const book = agencyBook(a.agencyId);
      const child = plan.agencies[i + 1]?.agencyId;
      return [
        debit(book, `payable:${partyOf(plan.agencies[i - 1]?.agencyId ?? null)}`, a.fromParent),
        debit(book, 'margin', a.markup),
        credit(book, child === undefined ? 'customer_receivable' : `wallet:${child}`, a.toChild),
        debit(book, 'commission_income', a.commission),
        credit(book, 'receivable:reseller', a.commission),
      ];
    }),
  ];
}

/**
 * The posting of a planned refund, back the way the sale was paid. One posting per refund id.
 * @param marketMinor what the supplier's refund is worth at the rate of now; left out: at the booked one, and no difference is posted
 */
export function buildRefund(
  plan: RefundPlan,
  paidBy: 'card' | 'wallet',
  refundId: string,
  marketMinor: number = plan.supplier,
): Posting {
  return buildPosting({
    source: 'refund',
    key: refundId,
    kind: `${paidBy}_refund`,
    currency: plan.currency,
    entries: paidBy === 'card' ? cardEntries(plan, marketMinor) : walletEntries(plan, marketMinor),
  });
}
