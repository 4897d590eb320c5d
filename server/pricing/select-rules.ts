import type { FieldIndex, OwnerRules, ReadyRule } from './compile-rules.ts';
import { LIST_FIELDS } from './markup-rule.ts';
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
}

type Values = string | readonly string[] | undefined;

/** Facts laid out in the order of LIST_FIELDS, once per offer, for every level of its chain. */
export interface PreparedFacts {
  readonly facts: OfferFacts;
  readonly currency: string;
  /** One entry per list field; those about the child stay empty, because they change from level to level. */
  readonly values: readonly Values[];
}

function routesOf({ origin, destination }: OfferFacts): Values {
  if (origin === undefined || destination === undefined) return undefined;
  if (typeof origin === 'string' && typeof destination === 'string') return `${origin}-${destination}`;
  const starts = typeof origin === 'string' ? [origin] : origin;
  const ends = typeof destination === 'string' ? [destination] : destination;
  const routes: string[] = [];
  for (const from of starts) for (const to of ends) routes.push(`${from}-${to}`);
  return routes;
}

function valueOf(field: ListField, facts: OfferFacts): Values {
  switch (field) {
    case 'route':
      return routesOf(facts);
    case 'hotelIds':
      return facts.hotelId;
    case 'stars':
      return facts.stars === undefined ? undefined : String(facts.stars);
    case 'childAgencyId':
    case 'childTier':
      return undefined;
    default:
      return facts[field];
  }
}

/** Reads only the fields that some rule of the tenant asks about: a route, for one, is built from lists. */
export function prepareFacts(facts: OfferFacts, currency: string, asked: readonly boolean[]): PreparedFacts {
  const values: Values[] = [];
  for (let i = 0; i < LIST_FIELDS.length; i++) {
    values.push(asked[i] ? valueOf(LIST_FIELDS[i] as ListField, facts) : undefined);
  }
  return { facts, currency, values };
}

/** The level the owner sells to; both undefined when the owner is the seller and its child is the customer. */
export interface ChildFacts {
  readonly agencyId: string | undefined;
  readonly tier: string | undefined;
}

type Row = Int32Array | readonly Int32Array[];

/** The rules that accept the value of one field; several values of one field are alternatives. */
function rowOf(index: FieldIndex, value: Values): Row {
  if (value === undefined) return index.otherwise;
  if (typeof value === 'string') return index.byValue.get(value) ?? index.otherwise;
  const rows: Int32Array[] = [];
  for (const one of value) {
    const bits = index.byValue.get(one);
    if (bits) rows.push(bits);
  }
  return rows.length === 0 ? index.otherwise : rows.length === 1 ? (rows[0] as Int32Array) : rows;
}

function rowsFor(owner: OwnerRules, facts: PreparedFacts, child: ChildFacts): Row[] {
  const rows: Row[] = [];
  for (const index of owner.fields) {
    const { field, position } = index;
    const value =
      field === 'childAgencyId' ? child.agencyId : field === 'childTier' ? child.tier : facts.values[position];
    rows.push(rowOf(index, value));
  }
  return rows;
}

/** One word of the rules standing after every field: the AND of the fields, each the OR of its values. */
function standingWord(rows: readonly Row[], w: number, from: number): number {
  let standing = from;
  for (let r = 0; standing !== 0 && r < rows.length; r++) {
    const row = rows[r] as Row;
    if (row instanceof Int32Array) standing &= row[w] as number;
    else {
      let any = 0;
      for (const bits of row) any |= bits[w] as number;
      standing &= any;
    }
  }
  return standing;
}

/** The conditions that are ranges, checked only on the rules that the index left standing. */
function passesRanges({ rule, validFrom, validTo }: ReadyRule, { facts, currency }: PreparedFacts): boolean {
  if (facts.at < validFrom || facts.at >= validTo) return false;
  if (rule.currency !== undefined && rule.currency !== currency) return false;
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
  const rows = rowsFor(owner, facts, child);
  const chosen: MarkupRule[] = [];
  let winner: MarkupRule | undefined;
  for (let w = 0; w < owner.words; w++) {
    // Once the winner is known only stacking rules are of interest.
    let word = standingWord(rows, w, winner ? (owner.stacking[w] as number) : -1);
    while (word !== 0) {
      const bit = 31 - Math.clz32(word & -word);
      word &= word - 1;
      const ready = owner.rules[(w << 5) + bit];
      // Bits past the last rule of the last word stand for nothing.
      if (!ready || (ready.ranged && !passesRanges(ready, facts))) continue;
      if (ready.rule.stack) chosen.push(ready.rule);
      else {
        winner = ready.rule;
        word &= owner.stacking[w] as number;
      }
    }
  }
  return winner ? [winner, ...chosen] : chosen;
}
