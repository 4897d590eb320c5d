import { authorize } from '../access/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { compileRules } from './compile-rules.ts';
import { draftRule } from './draft-rule.ts';
import { findConflicts } from './find-conflicts.ts';
import type { MarkupRule } from './markup-rule.ts';
import { priceOffer } from './price-offer.ts';
import { toChain, toGuard, toTierTable } from './pricing-for.ts';
import { readSeller, selectRules, toMarkupRule, type RuleRow } from './repository.ts';
import { TierName, type MarkupRuleCheckView, type MarkupRuleDraft } from './schema.ts';
import { warnOfRule } from './warn-of-rule.ts';

type Scope = Pick<RequestContext, 'sql' | 'tenant' | 'actor'>;

/** A sale as they come: 160.00 and 40.00 of taxes, one traveller, a return flight or three nights. */
const SAMPLE = { base: 16_000, taxes: 4_000, travellers: 1, segments: 2, nights: 3 };
/** More would not be read; the count of pairs grows with the square of the rules. */
const SHOWN_CONFLICTS = 100;

const rulesOfLevel = async ({ sql, actor }: Scope): Promise<MarkupRule[]> =>
  (await sql.all<RuleRow>(selectRules(actor.agencyId).orderBy('id'))).map(toMarkupRule);

/** What is worth a second look before a draft is saved. @throws NotFound, ValidationFailed */
export async function checkDraft(scope: Scope, clock: Clock, draft: MarkupRuleDraft): Promise<MarkupRuleCheckView> {
  authorize(scope.actor, 'read', 'MarkupRule', { ownerAgencyId: scope.actor.agencyId });
  const others = await rulesOfLevel(scope);
  const rule = await draftRule(scope, draft, others);
  const warnings = warnOfRule(rule, others, clock.now()).map(({ tiers: _tiers, ...warning }) => warning);
  const floor = scope.actor.agencyId === null ? await checkFloor(scope, rule) : [];
  return { warnings: [...warnings, ...floor] };
}

/** Conflicts among the rules of the actor's own level. */
export async function readConflicts(scope: Scope) {
  const found = findConflicts(await rulesOfLevel(scope), SHOWN_CONFLICTS + 1);
  return { data: found.slice(0, SHOWN_CONFLICTS), more: found.length > SHOWN_CONFLICTS };
}

/** Whether the reseller's margin would keep its floor, were this the one rule of a sample sale by an agency of each tier. */
async function checkFloor({ sql, tenant }: Scope, rule: MarkupRule): Promise<MarkupRuleCheckView['warnings']> {
  // A rule that adds to another cannot be judged alone.
  if (rule.stack) return [];
  const seller = await readSeller(sql, null);
  const { validFrom: _from, validTo: _to, currency: _currency, ...rest } = rule;
  const rulesByOwner = compileRules([{ ...rest, match: {} }]);
  const tiers = TierName.options.filter((tier) => {
    const { guard } = priceOffer({
      net: { base: SAMPLE.base, taxes: SAMPLE.taxes, currency: tenant.currency },
      facts: { product: rule.match.product?.[0] ?? 'flight', ...SAMPLE, at: 0 },
      chain: [...toChain({ ...seller, chain: [] }), { agencyId: 'of this tier', tier }],
      rulesByOwner,
      tiers: toTierTable(seller.tiers),
      platformFee: { percentOfNetBp: tenant.plan.feePercentBp, fixedMinor: tenant.plan.feeFixedMinor },
      guard: toGuard(seller),
    });
    return guard.outcome !== 'kept';
  });
  if (tiers.length === 0) return [];
  return [
    {
      code: 'margin_floor',
      pointer: '/value',
      detail: `On a sale of ${SAMPLE.base + SAMPLE.taxes} minor units net your margin would fall under its floor at these tiers: ${tiers.join(', ')}.`,
      rule: null,
      tiers,
    },
  ];
}
