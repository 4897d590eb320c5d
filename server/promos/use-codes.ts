import type { TenantSql } from '../kernel/database/sql.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import type { RateLimiter } from '../kernel/http/rate-limit.ts';
import { fitsMatch, readPricingSettings, type BuildUp, type OfferFacts } from '../pricing/index.ts';
import { PromoCodeRefused } from './errors.ts';
import { applyPromoCodes, type Refusal } from './promo-code.ts';
import { countUsesBy, findByKeys, insertRedemption, keyOf, releaseUses, takeUse, type PromoRow } from './repository.ts';

/** Wrong codes of one address in an hour; more is guessing, and no code is looked up any more, be it right or wrong. */
const MISSES = { points: 20, seconds: 3600 };

/** A sale that codes are used on. */
export interface PromoSale {
  readonly buildUp: BuildUp;
  readonly facts: OfferFacts;
  readonly sellerAgencyId: string | null;
  /** Blind index of the contact's address; null where it is not known yet. */
  readonly contactIndex: string | null;
}

/** Codes found good for a sale: the price with them, and what a booking reserves. */
export interface UsedCodes {
  readonly buildUp: BuildUp;
  readonly uses: readonly { codeId: string; code: string; discountMinor: number; maxPerCustomer: number | null }[];
}

/**
 * Finds codes as they were typed and takes them off a price. Nothing is reserved yet. A code that there is not costs one of few tries, so
 * that codes cannot be found by guessing.
 * @throws PromoCodeRefused with the reason, TooManyRequests after too many wrong codes
 */
export async function useCodes(
  { limiter }: { limiter: RateLimiter },
  ctx: Pick<RequestContext, 'sql' | 'tenant' | 'ip'>,
  typed: readonly string[],
  sale: PromoSale,
): Promise<UsedCodes> {
  const keys = [...new Set(typed.map(keyOf))];
  const tries = `promo-miss:${ctx.tenant.id}:${ctx.ip}`;
  if (keys.length > 0) await limiter.take(tries, MISSES);
  const rows = await findByKeys(ctx.sql, sale.sellerAgencyId, keys);
  const found: PromoRow[] = [];
  for (const key of keys) {
    const row = rows.find(({ codeKey }) => codeKey === key);
    if (!row) throw PromoCodeRefused({ reason: 'unknown', promoCode: key });
    found.push(row);
  }
  if (keys.length > 0) await limiter.giveBack(tries, MISSES);
  for (const row of found) {
    const reason = refusalOf(row, sale, found.length > 1) ?? (await usesLeft(ctx.sql, row, sale));
    if (reason) throw PromoCodeRefused({ reason, promoCode: row.code });
  }
  const { minMarginMinor } = await readPricingSettings(ctx.sql);
  const terms = found.map(({ id, code, value, resellerBp, ownerAgencyId }) => ({
    id,
    code,
    value,
    resellerBp: ownerAgencyId === null ? resellerBp : 0,
  }));
  const { buildUp, discounts } = applyPromoCodes(sale.buildUp, terms, { minMarginMinor });
  const idle = found.find(({ id }) => !discounts.some(({ codeId }) => codeId === id));
  if (idle) throw PromoCodeRefused({ reason: 'not_on_this_price', promoCode: idle.code });
  return {
    buildUp,
    uses: discounts.map(({ codeId, code, amount }) => ({
      codeId,
      code,
      discountMinor: amount,
      maxPerCustomer: found.find(({ id }) => id === codeId)?.maxPerCustomer ?? null,
    })),
  };
}

/** Why a code does not fit a sale; undefined when it does. Pure. */
export function refusalOf(row: PromoRow, { buildUp, facts }: PromoSale, withOthers: boolean): Refusal | undefined {
  if (row.saleFrom && facts.at < row.saleFrom.getTime()) return 'not_yet';
  if (row.saleTo && facts.at >= row.saleTo.getTime()) return 'over';
  if (row.currency !== buildUp.currency || !fitsMatch(row.match, facts, buildUp.currency)) return 'other_trips';
  if (buildUp.customerTotal < row.minTotalMinor) return 'below_minimum';
  if (withOthers && !row.combinable) return 'not_together';
  // A level with several rules has one that stacks.
  if (!row.stacksWithRules && buildUp.levels.some(({ rules }) => rules.length > 1)) return 'not_on_this_price';
  return undefined;
}

async function usesLeft(sql: TenantSql, row: PromoRow, { contactIndex }: PromoSale): Promise<Refusal | undefined> {
  if (row.maxUses !== null && row.uses >= row.maxUses) return 'used_up';
  if (row.maxPerCustomer === null || contactIndex === null) return undefined;
  return (await countUsesBy(sql, row.id, contactIndex)) >= row.maxPerCustomer ? 'used_by_you' : undefined;
}

/**
 * Reserves the uses of a booking, in the transaction that writes it, codes in one order so that two bookings never wait for each other.
 * @throws PromoCodeRefused when somebody else took the last one meanwhile
 */
export async function reserveUses(
  sql: TenantSql,
  booking: { id: string; currency: string; contactIndex: string },
  uses: UsedCodes['uses'],
): Promise<void> {
  for (const use of uses.toSorted((a, b) => (a.codeId < b.codeId ? -1 : 1))) {
    if (!(await takeUse(sql, use.codeId))) throw PromoCodeRefused({ reason: 'used_up', promoCode: use.code });
    if (use.maxPerCustomer !== null && (await countUsesBy(sql, use.codeId, booking.contactIndex)) >= use.maxPerCustomer)
      throw PromoCodeRefused({ reason: 'used_by_you', promoCode: use.code });
    await insertRedemption(sql, {
      codeId: use.codeId,
      bookingId: booking.id,
      discountMinor: use.discountMinor,
      currency: booking.currency,
    });
  }
}

export { releaseUses };
