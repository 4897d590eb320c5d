import type { FieldIndex, OwnerRules, ReadyRule } from './compile-rules.ts';
import type { ListField, MarkupRule } from './markup-rule.ts';

/** What is known of the offer and of the sale. Lists may carry several codes of one thing (airport, city, country, zone). */
export interface OfferFacts {
  readonly product: string;
  readonly supplier?: string;
  readonly carrier?: string | readonly string[];
  readonly cabin?: string | readonly string[];
  readonly fareBrand?: string;
  readonly origin?: string | readonly string[];
  readonly destination?: string | readonly string[];
  readonly hotelId?: string;
  readonly hotelChain?: string;
  readonly stars?: number;
  /** First day of travel, local calendar date YYYY-MM-DD. */
  readonly travelDate?: string;
  /** Whole days from the sale to the first day of travel. */
  readonly leadDays?: number;
  readonly segment?: string | readonly string[];
  readonly pointOfSale?: string;
  readonly travellers: number;
  readonly segments?: number;
  readonly nights?: number;
  /** Instant of pricing, milliseconds since the epoch, against which the validity of rules is read. */
  readonly at: number;
  readonly currency: string;
}

type Values = string | readonly string[] | undefined;

/** Facts laid out by match field, once per offer, for every level of its chain. */
export interface PreparedFacts {
  readonly facts: OfferFacts;
  readonly values: Readonly<Record<Exclude<ListField, 'childAgencyId' | 'childTier'>, Values>>;
}

function listOf(value: Values): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

function routesOf(facts: OfferFacts): Values {
  if (facts.origin === undefined || facts.destination === undefined) return undefined;
  if (typeof facts.origin === 'string' && typeof facts.destination === 'string') {
    return `${facts.origin}-${facts.destination}`;
  }
  const routes: string[] = [];
  for (const from of listOf(facts.origin)) for (const to of listOf(facts.destination)) routes.push(`${from}-${to}`);
  return routes;
}

export function prepareFacts(facts: OfferFacts): PreparedFacts {
  return {
    facts,
    values: {
      product: facts.product,
      supplier: facts.supplier,
      carrier: facts.carrier,
      cabin: facts.cabin,
      fareBrand: facts.fareBrand,
      origin: facts.origin,
      destination: facts.destination,
      route: routesOf(facts),
      hotelIds: facts.hotelId,
      hotelChain: facts.hotelChain,
      stars: facts.stars === undefined ? undefined : String(facts.stars),
      segment: facts.segment,
      pointOfSale: facts.pointOfSale,
    },
  };
}

/** The level the owner sells to; absent when the owner is the seller and its child is the customer. */
export interface ChildFacts {
  readonly agencyId?: string;
  readonly tier?: string;
}

function valueOf(field: ListField, facts: PreparedFacts, child: ChildFacts): Values {
  if (field === 'childAgencyId') return child.agencyId;
  if (field === 'childTier') return child.tier;
  return facts.values[field];
}

function intersect(into: Int32Array, words: number, index: FieldIndex, value: Values): void {
  if (typeof value !== 'object' || value.length < 2) {
    const single = typeof value === 'object' ? value[0] : value;
    const bits = (single === undefined ? undefined : index.byValue.get(single)) ?? index.otherwise;
    for (let w = 0; w < words; w++) into[w] = (into[w] as number) & (bits[w] as number);
    return;
  }
  for (let w = 0; w < words; w++) {
    let any = index.otherwise[w] as number;
    for (const one of value) any |= index.byValue.get(one)?.[w] ?? 0;
    into[w] = (into[w] as number) & any;
  }
}

/** The conditions that are ranges, checked only on the rules that the index left standing. */
function passesRanges({ rule, validFrom, validTo }: ReadyRule, facts: OfferFacts): boolean {
  if (facts.at < validFrom || facts.at >= validTo) return false;
  if (rule.currency !== undefined && rule.currency !== facts.currency) return false;
  const { travelFrom, travelTo, leadDaysMin, leadDaysMax } = rule.match;
  if (travelFrom !== undefined && !(facts.travelDate !== undefined && facts.travelDate >= travelFrom)) return false;
  if (travelTo !== undefined && !(facts.travelDate !== undefined && facts.travelDate <= travelTo)) return false;
  if (leadDaysMin !== undefined && !(facts.leadDays !== undefined && facts.leadDays >= leadDaysMin)) return false;
  return !(leadDaysMax !== undefined && !(facts.leadDays !== undefined && facts.leadDays <= leadDaysMax));
}

/**
 * The rules of one owner that price this offer for this child: the best rule that does not stack (most matched fields, then
 * priority, then oldest) followed by every stacking rule that matches. Same input, same answer.
 */
export function selectRules(owner: OwnerRules | undefined, facts: PreparedFacts, child: ChildFacts): MarkupRule[] {
  if (!owner) return [];
  const { words } = owner;
  const standing = new Int32Array(words).fill(-1);
  for (const index of owner.fields) intersect(standing, words, index, valueOf(index.field, facts, child));
  const chosen: MarkupRule[] = [];
  let winner: MarkupRule | undefined;
  for (let w = 0; w < words; w++) {
    let word = standing[w] as number;
    while (word !== 0) {
      const bit = 31 - Math.clz32(word & -word);
      word &= word - 1;
      const ready = owner.rules[(w << 5) + bit];
      // Bits past the last rule of the last word stand for nothing.
      if (!ready || (winner && !ready.rule.stack) || !passesRanges(ready, facts.facts)) continue;
      if (ready.rule.stack) chosen.push(ready.rule);
      else winner = ready.rule;
    }
  }
  return winner ? [winner, ...chosen] : chosen;
}
