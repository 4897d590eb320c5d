import type { RuleRow, TierRowData } from './repository.ts';
import type { MarkupRuleView, TiersView } from './schema.ts';

export function presentRule(rule: RuleRow): MarkupRuleView {
  const { currency, ...value } = rule.value;
  return {
    id: rule.id,
    ownerAgencyId: rule.ownerAgencyId,
    name: rule.name,
    match: rule.match as MarkupRuleView['match'],
    value,
    currency: currency ?? null,
    minMinor: rule.minMinor,
    maxMinor: rule.maxMinor,
    stack: rule.stack,
    priority: rule.priority,
    validFrom: rule.validFrom?.toISOString() ?? null,
    validTo: rule.validTo?.toISOString() ?? null,
    createdAt: rule.createdAt.toISOString(),
    updatedAt: rule.updatedAt.toISOString(),
    version: rule.version,
  };
}

/** The table has one version: that of all its rows together. */
export const presentTiers = (rows: readonly TierRowData[]): TiersView => ({
  data: rows.map(({ tier, commissionBp, discountBp }) => ({ tier, commissionBp, discountBp })),
  version: rows.reduce((sum, { version }) => sum + version, 0),
});
