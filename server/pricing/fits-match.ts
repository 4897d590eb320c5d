import { compileRules, ownerKey } from './compile-rules.ts';
import type { MarkupMatch } from './markup-rule.ts';
import { prepareFacts, selectRules, type OfferFacts } from './select-rules.ts';

/** Whether a sale fits conditions written as those of a markup rule, for what else is bound to sales. */
export function fitsMatch(match: MarkupMatch, facts: OfferFacts, currency: string): boolean {
  const { byOwner, asked } = compileRules([
    {
      id: 'conditions',
      version: 1,
      ownerAgencyId: null,
      name: '',
      match,
      value: { kind: 'fixed', amountMinor: 0, per: 'booking' },
      stack: false,
      priority: 0,
      createdAt: '1970-01-01T00:00:00.000Z',
    },
  ]);
  const customer = { agencyId: undefined, tier: undefined };
  return selectRules(byOwner.get(ownerKey(null)), prepareFacts(facts, currency, asked), customer).length > 0;
}
