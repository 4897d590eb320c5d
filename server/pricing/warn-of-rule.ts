import { conflictsWith } from './find-conflicts.ts';
import type { MarkupMatch, MarkupRule } from './markup-rule.ts';

/** What is worth a second look before a rule is saved. It may be saved all the same. */
export interface RuleWarning {
  readonly code: 'never_applies' | 'tie' | 'hides' | 'adds_nothing' | 'expired' | 'never_matches' | 'margin_floor';
  /** JSON pointer into the rule. */
  readonly pointer: string;
  readonly detail: string;
  /** The other rule, where there is one. */
  readonly rule: Pick<MarkupRule, 'id' | 'name'> | null;
  /** Of `margin_floor`: tiers of the selling agency whose sample sale fell under the floor. */
  readonly tiers?: readonly string[];
}

const OF_FLIGHTS: ReadonlyArray<keyof MarkupMatch> = ['carrier', 'cabin', 'fareBrand', 'origin', 'route'];
const OF_STAYS: ReadonlyArray<keyof MarkupMatch> = ['hotelIds', 'hotelChain', 'stars'];

/** A field that no product the rule accepts has. */
function deadField(match: MarkupMatch): keyof MarkupMatch | undefined {
  const products = match.product && match.product.length > 0 ? match.product : ['flight', 'stay'];
  const asks = (fields: ReadonlyArray<keyof MarkupMatch>) => fields.find((field) => match[field] !== undefined);
  const [flight, stay] = [asks(OF_FLIGHTS), asks(OF_STAYS)];
  if (!products.includes('flight')) return flight;
  if (!products.includes('stay')) return stay;
  // Both products are fine, but nothing is a flight and a stay at once.
  return flight && stay ? stay : undefined;
}

function addsNothing({ value, minMinor, match }: MarkupRule): boolean {
  if ((minMinor ?? 0) > 0) return false;
  if (value.kind === 'percent') return value.basisPoints === 0;
  const only = match.product?.length === 1 ? match.product[0] : undefined;
  const never = (value.per === 'night' && only === 'flight') || (value.per === 'segment' && only === 'stay');
  return value.amountMinor === 0 || never;
}

/** Warnings of a rule among the others of its level. Pure. */
export function warnOfRule(rule: MarkupRule, others: readonly MarkupRule[], now: Date): RuleWarning[] {
  const warnings: RuleWarning[] = [];
  const dead = deadField(rule.match);
  if (dead)
    warnings.push({
      code: 'never_matches',
      pointer: `/match/${dead}`,
      detail: `No sale has ${dead} together with the rest of the conditions: the rule never applies.`,
      rule: null,
    });
  if (rule.validTo !== undefined && Date.parse(rule.validTo) <= now.getTime())
    warnings.push({
      code: 'expired',
      pointer: '/validTo',
      detail: 'The rule has ended: it never applies.',
      rule: null,
    });
  if (addsNothing(rule))
    warnings.push({
      code: 'adds_nothing',
      pointer: '/value',
      detail: 'The rule adds nothing, and keeps less exact rules from adding anything.',
      rule: null,
    });
  for (const { code, winner, loser } of conflictsWith(rule, others)) {
    const isWinner = winner.id === rule.id;
    const other = isWinner ? loser : winner;
    if (code === 'tie')
      warnings.push({
        code: 'tie',
        pointer: '/priority',
        detail: `Where both fit, neither this rule nor "${other.name}" is more exact: the older, "${winner.name}", decides. Give one a higher priority.`,
        rule: other,
      });
    else
      warnings.push({
        code: isWinner ? 'hides' : 'never_applies',
        pointer: '/match',
        detail: isWinner
          ? `"${other.name}" would never apply again: this rule takes all its sales.`
          : `"${other.name}" takes all sales of this rule: it never applies. Give it a higher priority or narrow it.`,
        rule: other,
      });
  }
  return warnings;
}
