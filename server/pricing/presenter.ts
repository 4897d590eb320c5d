import type { RuleRow, TierRowData } from './repository.ts';
import { wordsOf } from './rule-words.ts';
import type { RuleVersion } from './rule-history.ts';
import type { MarkupRuleVersionView, MarkupRuleView, TiersView } from './schema.ts';

export function presentRule(rule: RuleRow): MarkupRuleView {
  return {
    id: rule.id,
    ownerAgencyId: rule.ownerAgencyId,
    ...wordsOf(rule),
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
  ...wordsOf(version),
});

/** The table has one version: that of all its rows together. */
export const presentTiers = (rows: readonly TierRowData[]): TiersView => ({
  data: rows.map(({ tier, commissionBp, discountBp }) => ({ tier, commissionBp, discountBp })),
  version: rows.reduce((sum, { version }) => sum + version, 0),
});
