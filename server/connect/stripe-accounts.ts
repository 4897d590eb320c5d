import type Stripe from 'stripe';
import { askStripe } from '../payments/index.ts';
import type { AccountFacts } from './account.ts';
import { OnboardingUnderWay, StripeAway } from './errors.ts';

export interface AccountOwner {
  tenantId: string;
  agencyId: string | null;
  name: string;
  country: string;
}

const factsOf = (account: Stripe.Account): AccountFacts => ({
  detailsSubmitted: account.details_submitted,
  chargesEnabled: account.charges_enabled,
  payoutsEnabled: account.payouts_enabled,
  transfersActive: account.capabilities?.transfers === 'active',
  requirements: account.requirements?.currently_due ?? [],
  disabledReason: account.requirements?.disabled_reason ?? null,
});

/** Turns an answer that did not come into a problem; what Stripe refused is thrown as it is. */
export const overTheWire = <T>(work: () => Promise<T>): Promise<T> => askStripe(work, { away: () => StripeAway() });

/**
 * Calls about accounts. The reseller's has Stripe's whole dashboard and pays its own fees, as merchant of record; an agency's is of the
 * Express kind and only takes transfers.
 */
export function createStripeAccounts(stripe: Stripe) {
  return {
    /**
     * Connects an account, one for each owner: the key says nothing of who asks, so that whoever asks again after a lost answer gets the same.
     * @throws StripeAway, OnboardingUnderWay when it was begun a moment ago with another country or name
     */
    async create(owner: AccountOwner): Promise<{ accountId: string; facts: AccountFacts }> {
      const shared: Stripe.AccountCreateParams = {
        country: owner.country,
        business_profile: { name: owner.name },
        metadata: { tenant_id: owner.tenantId, ...(owner.agencyId === null ? {} : { agency_id: owner.agencyId }) },
      };
      const ofReseller: Stripe.AccountCreateParams = {
        ...shared,
        controller: { stripe_dashboard: { type: 'full' }, fees: { payer: 'account' }, losses: { payments: 'stripe' } },
        capabilities: { card_payments: { requested: true }, transfers: { requested: true } },
      };
      const ofAgency: Stripe.AccountCreateParams = {
        ...shared,
        type: 'express',
        capabilities: { transfers: { requested: true } },
      };
      const idempotencyKey = `${owner.tenantId}:account:${owner.agencyId ?? 'reseller'}`;
      const account = await askStripe(
        () => stripe.accounts.create(owner.agencyId === null ? ofReseller : ofAgency, { idempotencyKey }),
        { away: () => StripeAway(), repeated: () => OnboardingUnderWay() },
      );
      return { accountId: account.id, facts: factsOf(account) };
    },
    async read(accountId: string): Promise<AccountFacts> {
      return factsOf(await overTheWire(() => stripe.accounts.retrieve(accountId)));
    },
    /** A hosted page, for once; `refreshUrl` is where an old link leads. */
    async link(accountId: string, page: { returnUrl: string; refreshUrl: string }) {
      const made = await overTheWire(() =>
        stripe.accountLinks.create({
          account: accountId,
          type: 'account_onboarding',
          return_url: page.returnUrl,
          refresh_url: page.refreshUrl,
          collection_options: { fields: 'eventually_due' },
        }),
      );
      return { url: made.url, expiresAt: new Date(made.expires_at * 1000) };
    },
  };
}

export type StripeAccounts = ReturnType<typeof createStripeAccounts>;
