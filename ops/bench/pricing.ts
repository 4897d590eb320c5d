/**
 * Pricing bench: 50 offers down four levels, each level with 200 rules. Targets: at most 10 µs an offer and 1,000 quotes in less
 * than 50 ms. Runs in this process alone, touches no service. `npx tsx ops/bench/pricing.ts` (exit 1 when a target is missed); with
 * `--json` for `npm run bench`.
 */
import { compileRules, priceOffer, viewBuildUp } from '../../server/pricing/index.ts';
import type { MarkupRule, PriceOfferInput } from '../../server/pricing/index.ts';

const OFFERS = 50;
const RULES_PER_LEVEL = 200;
const ROUNDS = 9;
const TARGET_US = 10;
const TARGET_QUOTES_MS = 50;

const CARRIERS = ['IB', 'BA', 'LH', 'AF', 'KL', 'UX', 'VY', 'FR', 'U2', 'TP', 'AZ', 'LX'];
const CITIES = ['MAD', 'BCN', 'LHR', 'CDG', 'FRA', 'AMS', 'LIS', 'FCO', 'ZRH', 'JFK', 'EZE', 'GRU'];
const CABINS = ['economy', 'premium_economy', 'business', 'first'];
const SEGMENTS = ['public', 'member', 'corporate'];

/** A small generator with a fixed seed: every run prices the same offers by the same rules. */
function createPicker(seed: number): <T>(from: readonly T[]) => T {
  let state = seed;
  return (from) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const picked = from[Math.floor((state / 2 ** 32) * from.length)];
    if (picked === undefined) throw new Error('Nothing to pick from.');
    return picked;
  };
}

function createRules(owner: string | null, pick: ReturnType<typeof createPicker>): MarkupRule[] {
  return Array.from({ length: RULES_PER_LEVEL }, (_, i) => ({
    id: `${owner ?? 'reseller'}-${i}`,
    version: 1,
    ownerAgencyId: owner,
    name: `rule ${i}`,
    match: {
      ...(i % 2 === 0 ? { carrier: [pick(CARRIERS), pick(CARRIERS)] } : {}),
      ...(i % 3 === 0 ? { origin: [pick(CITIES)] } : {}),
      ...(i % 4 === 0 ? { destination: [pick(CITIES)] } : {}),
      ...(i % 5 === 0 ? { cabin: [pick(CABINS)] } : {}),
      ...(i % 7 === 0 ? { route: [`${pick(CITIES)}-${pick(CITIES)}`] } : {}),
      ...(i % 9 === 0 ? { segment: [pick(SEGMENTS)] } : {}),
      ...(i % 11 === 0 ? { travelFrom: '2026-12-01', travelTo: '2027-02-28' } : {}),
      ...(i % 13 === 0 ? { leadDaysMin: 7 } : {}),
      ...(i % 17 === 0 ? { childTier: [pick(['bronze', 'silver', 'gold'])] } : {}),
    },
    value:
      i % 3 === 0
        ? { kind: 'fixed', amountMinor: 300 + i, per: 'traveller' }
        : { kind: 'percent', basisPoints: 100 + i, of: i % 2 === 0 ? 'total' : 'base' },
    ...(i % 6 === 0 ? { minMinor: 200, maxMinor: 9000 } : {}),
    stack: i % 40 === 0,
    priority: i % 5,
    createdAt: '2026-01-01T00:00:00Z',
  }));
}

function createOffers(): PriceOfferInput[] {
  const pick = createPicker(17);
  const owners = [null, 'agency-1', 'agency-2', 'agency-3'];
  const rulesByOwner = compileRules(owners.flatMap((owner) => createRules(owner, pick)));
  return Array.from({ length: OFFERS }, (_, i) => ({
    net: { base: 16_000 + i * 731, taxes: 4_000 + i * 37, currency: 'EUR' },
    facts: {
      product: 'flight',
      supplier: 'duffel',
      carrier: [pick(CARRIERS), pick(CARRIERS)],
      cabin: pick(CABINS),
      origin: [pick(CITIES), 'europe'],
      destination: [pick(CITIES), 'america'],
      travelDate: '2026-12-24',
      leadDays: 31,
      segment: pick(SEGMENTS),
      travellers: 2,
      segments: 2,
      at: Date.parse('2026-11-23T12:00:00Z'),
    },
    chain: [
      { agencyId: null },
      { agencyId: 'agency-1', tier: 'gold' },
      { agencyId: 'agency-2', tier: 'silver' },
      { agencyId: 'agency-3', tier: 'bronze' },
    ],
    rulesByOwner,
    tiers: {
      commissionBp: { bronze: 500, silver: 700, gold: 1000, platinum: 1200 },
      markupDiscountBp: { bronze: 0, silver: 1000, gold: 2000 },
    },
    platformFee: { percentOfNetBp: 100, fixedMinor: 30 },
  }));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** Milliseconds for one run; the returned check sum keeps the work from being optimised away. */
function time(work: () => number): { ms: number; check: number } {
  const start = process.hrtime.bigint();
  const check = work();
  return { ms: Number(process.hrtime.bigint() - start) / 1e6, check };
}

function priceAll(offers: readonly PriceOfferInput[], repeats: number): number {
  let check = 0;
  for (let r = 0; r < repeats; r++) for (const offer of offers) check += priceOffer(offer).customerTotal;
  return check;
}

/** A quote is a price frozen for storage and what the seller and the customer are shown of it. */
function quoteAll(offers: readonly PriceOfferInput[], quotes: number): number {
  let check = 0;
  for (let q = 0; q < quotes; q++) {
    const built = priceOffer(offers[q % offers.length] as PriceOfferInput);
    check += JSON.stringify(built).length;
    check += JSON.stringify([viewBuildUp(built, 'agency-3'), viewBuildUp(built, 'customer')]).length;
  }
  return check;
}

function main(): void {
  const offers = createOffers();
  const compile = time(() => createOffers().length);
  const cold = time(() => priceAll(offers, 1));
  priceAll(offers, 200);
  quoteAll(offers, 2000);
  const repeats = 100;
  const perOffer = Array.from(
    { length: ROUNDS },
    () => (time(() => priceAll(offers, repeats)).ms * 1000) / (repeats * OFFERS),
  );
  const perThousand = Array.from({ length: ROUNDS }, () => time(() => quoteAll(offers, 1000)).ms);
  const rulesUsed = offers.reduce((n, o) => n + priceOffer(o).levels.reduce((m, l) => m + l.rules.length, 0), 0);
  const show = (values: readonly number[]) =>
    `${Math.min(...values).toFixed(2)} / ${median(values).toFixed(2)} / ${Math.max(...values).toFixed(2)}`;
  const result = {
    title: `Pricing, ${OFFERS} offers × ${RULES_PER_LEVEL} rules × 4 levels, ${ROUNDS} rounds`,
    rows: [
      { name: 'µs per offer', figures: show(perOffer), target: `≤ ${TARGET_US}`, met: median(perOffer) <= TARGET_US },
      {
        name: 'ms per 1,000 quotes (build-up and two views serialised)',
        figures: show(perThousand),
        target: `< ${TARGET_QUOTES_MS}`,
        met: median(perThousand) < TARGET_QUOTES_MS,
      },
    ],
    remarks: [
      `First pass cold ${((cold.ms * 1000) / OFFERS).toFixed(1)} µs per offer; compiling 800 rules ${compile.ms.toFixed(1)} ms; rules applied per offer ${(rulesUsed / OFFERS).toFixed(1)}.`,
    ],
  };
  if (process.argv.includes('--json')) console.log(JSON.stringify(result));
  else {
    console.log(`${result.title}, min / median / max`);
    for (const row of result.rows) console.log(`${row.name}: ${row.figures} (target ${row.target})`);
    for (const remark of result.remarks) console.log(remark);
  }
  if (result.rows.some((row) => !row.met)) process.exitCode = 1;
}

main();
