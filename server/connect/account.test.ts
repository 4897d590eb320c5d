import { describe, expect, it } from 'vitest';
import { stateOf, topicsOf } from './account.ts';

const facts = {
  agencyId: null as string | null,
  detailsSubmitted: true,
  chargesEnabled: true,
  payoutsEnabled: true,
  transfersActive: true,
  requirements: [],
  disabledReason: null,
};

describe('stateOf', () => {
  it.each([
    [undefined, 'none'],
    [{ ...facts, detailsSubmitted: false, chargesEnabled: false }, 'incomplete'],
    [facts, 'ready'],
    [{ ...facts, chargesEnabled: false }, 'restricted'],
    // The reseller's takes payments though Stripe holds its payouts; an agency's is for payouts.
    [{ ...facts, payoutsEnabled: false }, 'ready'],
    [{ ...facts, agencyId: 'a', payoutsEnabled: false }, 'restricted'],
    [{ ...facts, agencyId: 'a', transfersActive: false }, 'restricted'],
    [{ ...facts, agencyId: 'a', chargesEnabled: false }, 'ready'],
  ])('%j is %s', (account, state) => {
    expect(stateOf(account)).toBe(state);
  });
});

describe('topicsOf', () => {
  it('says each topic once, and something of a code nobody knew', () => {
    expect(
      topicsOf([
        'tos_acceptance.date',
        'individual.first_name',
        'individual.last_name',
        'individual.verification.document',
        'external_account',
        'business_profile.url',
        'company.tax_id',
        'settings.new_thing',
      ]),
    ).toEqual(['bank_account', 'identity_document', 'person', 'company', 'business', 'terms', 'other']);
  });
});
