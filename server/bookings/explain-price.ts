import { guardedFields } from '../access/index.ts';
import { NotFound } from '../kernel/errors.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { wordsOfRules, type BuildUp, type LevelBuildUp } from '../pricing/index.ts';
import { itemOf, type Booking } from './booking.ts';
import type { BookingDeps } from './deps.ts';
import { levelOf } from './level-of.ts';
import type { PriceExplanationView } from './price-explanation-schema.ts';

/**
 * Why a booking has its price and its commissions: the rules and tiers its quote froze, in the versions of then. An agency is given its
 * own level: its rules, what it gave up for the tier of whom it sells to, its own tier's name and its commission; no rate and no base,
 * from which a lower agency could reckon what its provider pays. The reseller is given every level.
 * @throws NotFound for who sees no earnings
 */
export async function explainPrice(
  deps: Pick<BookingDeps, 'agencies'>,
  ctx: RequestContext,
  booking: Booking,
): Promise<PriceExplanationView> {
  const { buildUp } = itemOf(booking);
  const sees = guardedFields(ctx.actor, 'see', 'Booking', booking);
  const reader = sees.has('earnings') ? levelOf(ctx.actor, buildUp) : undefined;
  if (reader === undefined) throw NotFound({ what: 'A price explanation of this booking' });
  const isWhole = reader === null && sees.has('earnings.chain');
  const shown = buildUp.levels.filter((level) => isWhole || level.agencyId === reader);
  const words = await wordsOfRules(
    ctx.sql,
    shown.flatMap((level) => level.rules),
  );
  const ids = buildUp.levels.flatMap(({ agencyId }) => agencyId ?? []);
  const names = await deps.agencies.namesOf(ctx.sql, ids);
  return {
    currency: buildUp.currency,
    levels: shown.map((level) => presentLevel(level, { buildUp, names, words, isWhole })),
    ...(isWhole ? { chain: presentChain(buildUp) } : {}),
  };
}

type Words = Awaited<ReturnType<typeof wordsOfRules>>;

function presentLevel(
  level: LevelBuildUp,
  {
    buildUp,
    names,
    words,
    isWhole,
  }: { buildUp: BuildUp; names: ReadonlyMap<string, string>; words: Words; isWhole: boolean },
): PriceExplanationView['levels'][number] {
  const money = (amount: number) => ({ amount, currency: buildUp.currency });
  const child = buildUp.levels[buildUp.levels.indexOf(level) + 1];
  return {
    agencyId: level.agencyId,
    agencyName: level.agencyId ? (names.get(level.agencyId) ?? '') : null,
    buyPrice: money(level.buyPrice),
    markup: money(level.markup),
    sellPrice: money(level.sellPrice),
    rules: level.rules.map(({ id, version, amount }) => ({
      id,
      version,
      amount: money(amount),
      words: words.get(`${id}/${version}`) ?? null,
    })),
    tierDiscount: child?.agencyId
      ? { amount: money(level.tierDiscount), tier: child.tier, agencyName: names.get(child.agencyId) ?? '' }
      : null,
    tier: level.tier,
    commission: money(level.commission),
    ...(isWhole ? { commissionRateBp: level.commissionRateBp } : {}),
  };
}

function presentChain(buildUp: BuildUp): NonNullable<PriceExplanationView['chain']> {
  const money = (amount: number) => ({ amount, currency: buildUp.currency });
  const { guard, platformFee } = buildUp;
  return {
    net: money(buildUp.net.total),
    taxes: money(buildUp.net.taxes),
    commissionable: money(buildUp.commissionable),
    platformFee: {
      amount: money(platformFee.amount),
      discount: money(platformFee.discount),
      paidFrom: platformFee.paidFrom,
    },
    guard: {
      outcome: guard.outcome,
      floor: money(guard.floor),
      marginBefore: money(guard.marginBefore),
      commissionCut: money(guard.commissionCut),
      margin: money(buildUp.resellerMargin),
    },
  };
}
