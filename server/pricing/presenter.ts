import type { RuleFields, RuleRow, TierRowData } from './repository.ts';
import type { RuleVersion } from './rule-history.ts';
import type { MarkupRuleVersionView, MarkupRuleView, TiersView } from './schema.ts';

/** What a rule says, in whichever version. */
function presentFields(rule: RuleFields) {
  const { currency, ...value } = rule.value;
  return {
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
  };
}

export function presentRule(rule: RuleRow): MarkupRuleView {
  return {
    id: rule.id,
    ownerAgencyId: rule.ownerAgencyId,
    ...presentFields(rule),
    state: rule.state,
    createdAt: rule.createdAt.toISOString(),
    updatedAt: rule.updatedAt.toISOString(),
    version: rule.version,
  };
}

export const presentVersion = (version: RuleVersion): MarkupRuleVersionView => ({
  version: version.version,
  state: version.state,
  changedBy: version.changedBy,
  changedAt: version.changedAt.toISOString(),
  ...presentFields(version),
});

/** The table has one version: that of all its rows together. */
export const presentTiers = (rows: readonly TierRowData[]): TiersView => ({
  data: rows.map(({ tier, commissionBp, discountBp }) => ({ tier, commissionBp, discountBp })),
  version: rows.reduce((sum, { version }) => sum + version, 0),
});
