import { inject } from 'vue';
import type { InjectionKey } from 'vue';
import { createAgenciesApi } from './agencies.ts';
import { createAgencyApplicationsApi } from './agency-applications.ts';
import { createApplicationsApi } from './applications.ts';
import { createAuditApi } from './audit.ts';
import { createBookingsApi } from './bookings.ts';
import { createBonusesApi } from './bonuses.ts';
import { createBrandsApi } from './brands.ts';
import { createCustomersApi } from './customers.ts';
import { createExchangeApi } from './exchange.ts';
import { createBillingApi } from './billing.ts';
import { createDisputesApi } from './disputes.ts';
import type { Http } from './http.ts';
import { createContentApi } from './content.ts';
import { createIdentityProvidersApi } from './identity-providers.ts';
import { createMoneyApi } from './money.ts';
import { createPeopleApi } from './people.ts';
import { createPermissionSetsApi } from './permission-sets.ts';
import { createPricingApi } from './pricing.ts';
import { createReconciliationApi } from './reconciliation.ts';
import { createPromosApi } from './promos.ts';
import { createSettlementApi } from './settlement.ts';
import { createSessionApi } from './session.ts';
import { createStripeAccountsApi } from './stripe-accounts.ts';
import { createWalletCurrenciesApi } from './wallet-currencies.ts';
import { createWalletsApi } from './wallets.ts';

/** Every call the console makes, by area. */
export const createApi = (http: Http) => ({
  session: createSessionApi(http),
  bookings: createBookingsApi(http),
  agencies: createAgenciesApi(http),
  agencyApplications: createAgencyApplicationsApi(http),
  customers: createCustomersApi(http),
  wallets: createWalletsApi(http),
  walletCurrencies: createWalletCurrenciesApi(http),
  money: createMoneyApi(http),
  settlement: createSettlementApi(http),
  bonuses: createBonusesApi(http),
  disputes: createDisputesApi(http),
  billing: createBillingApi(http),
  stripeAccounts: createStripeAccountsApi(http),
  reconciliation: createReconciliationApi(http),
  pricing: createPricingApi(http),
  exchange: createExchangeApi(http),
  promos: createPromosApi(http),
  brands: createBrandsApi(http),
  content: createContentApi(http),
  people: createPeopleApi(http),
  permissionSets: createPermissionSetsApi(http),
  applications: createApplicationsApi(http),
  identityProviders: createIdentityProvidersApi(http),
  audit: createAuditApi(http),
});
export type Api = ReturnType<typeof createApi>;

export const API: InjectionKey<Api> = Symbol('api');

export function useApi(): Api {
  const api = inject(API);
  if (!api) throw new Error('The app was made without its API (see main.ts).');
  return api;
}
