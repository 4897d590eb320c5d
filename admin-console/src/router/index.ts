import { nextTick } from 'vue';
import { createRouter, createWebHistory } from 'vue-router';
import type { RouteRecordRaw } from 'vue-router';
import type { AppAbility } from '../access/ability.ts';

declare module 'vue-router' {
  interface RouteMeta {
    /** Right a person needs to be shown the page: action and subject. */
    can?: [string, string];
    /** Only for people of the reseller itself. */
    reseller?: true;
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'dashboard', component: () => import('../pages/DashboardPage.vue') },
  {
    path: '/bookings',
    name: 'bookings',
    meta: { can: ['read', 'Booking'] },
    component: () => import('../pages/bookings/BookingsPage.vue'),
  },
  {
    path: '/bookings/:id',
    name: 'booking',
    meta: { can: ['read', 'Booking'] },
    component: () => import('../pages/bookings/BookingPage.vue'),
  },
  {
    path: '/customers',
    name: 'customers',
    meta: { can: ['read', 'Customer'] },
    component: () => import('../pages/customers/CustomersPage.vue'),
  },
  {
    path: '/agencies',
    name: 'agencies',
    meta: { can: ['read', 'Agency'] },
    component: () => import('../pages/agencies/AgenciesPage.vue'),
  },
  {
    path: '/agencies/new',
    name: 'agency-new',
    meta: { can: ['create', 'Agency'] },
    component: () => import('../pages/agencies/AgencyNewPage.vue'),
  },
  {
    path: '/agencies/limits',
    name: 'network-limits',
    meta: { can: ['update', 'Agency'], reseller: true },
    component: () => import('../pages/agencies/NetworkLimitsPage.vue'),
  },
  {
    path: '/agencies/:id/:tab?',
    name: 'agency',
    meta: { can: ['read', 'Agency'] },
    component: () => import('../pages/agencies/AgencyPage.vue'),
  },
  {
    path: '/agency-applications',
    name: 'agency-applications',
    meta: { can: ['read', 'AgencyApplication'] },
    component: () => import('../pages/agency-applications/AgencyApplicationsPage.vue'),
  },
  {
    path: '/agency-applications/:id',
    name: 'agency-application',
    meta: { can: ['read', 'AgencyApplication'] },
    component: () => import('../pages/agency-applications/AgencyApplicationPage.vue'),
  },
  {
    path: '/pricing/rules',
    name: 'rules',
    meta: { can: ['read', 'MarkupRule'] },
    component: () => import('../pages/pricing/RulesPage.vue'),
  },
  {
    path: '/pricing/rules/new',
    name: 'rule-new',
    meta: { can: ['create', 'MarkupRule'] },
    component: () => import('../pages/pricing/RulePage.vue'),
  },
  {
    path: '/pricing/rules/import',
    name: 'rules-import',
    meta: { can: ['update', 'MarkupRule'] },
    component: () => import('../pages/pricing/ImportPage.vue'),
  },
  {
    path: '/pricing/rules/:id',
    name: 'rule',
    meta: { can: ['read', 'MarkupRule'] },
    component: () => import('../pages/pricing/RulePage.vue'),
  },
  {
    path: '/pricing/preview',
    name: 'preview',
    meta: { can: ['read', 'MarkupRule'] },
    component: () => import('../pages/pricing/PreviewPage.vue'),
  },
  {
    path: '/pricing/tiers',
    name: 'tiers',
    meta: { can: ['update', 'Tier'] },
    component: () => import('../pages/pricing/TiersPage.vue'),
  },
  {
    path: '/pricing/promo-codes',
    name: 'promos',
    meta: { can: ['read', 'MarkupRule'] },
    component: () => import('../pages/promos/PromosPage.vue'),
  },
  {
    path: '/pricing/promo-codes/new',
    name: 'promo-new',
    meta: { can: ['create', 'MarkupRule'] },
    component: () => import('../pages/promos/PromoPage.vue'),
  },
  {
    path: '/pricing/promo-codes/:id',
    name: 'promo',
    meta: { can: ['read', 'MarkupRule'] },
    component: () => import('../pages/promos/PromoPage.vue'),
  },
  {
    path: '/pricing/exchange-rates',
    name: 'exchange',
    meta: { can: ['read', 'PricingSettings'] },
    component: () => import('../pages/pricing/ExchangePage.vue'),
  },
  {
    path: '/money/ledger',
    name: 'ledger',
    meta: { can: ['read', 'Ledger'] },
    component: () => import('../pages/money/LedgerPage.vue'),
  },
  {
    path: '/money/ledger/:id',
    name: 'ledger-account',
    meta: { can: ['read', 'Ledger'] },
    component: () => import('../pages/money/AccountPage.vue'),
  },
  {
    path: '/money/journal',
    name: 'journal',
    meta: { can: ['read', 'Ledger'] },
    component: () => import('../pages/money/JournalPage.vue'),
  },
  {
    path: '/money/bonus-campaigns',
    name: 'bonus-campaigns',
    meta: { can: ['read', 'BonusCampaign'], reseller: true },
    component: () => import('../pages/bonuses/BonusCampaignsPage.vue'),
  },
  {
    path: '/money/bonus-campaigns/new',
    name: 'bonus-campaign-new',
    meta: { can: ['create', 'BonusCampaign'], reseller: true },
    component: () => import('../pages/bonuses/BonusCampaignPage.vue'),
  },
  {
    path: '/money/bonus-campaigns/:id',
    name: 'bonus-campaign',
    meta: { can: ['read', 'BonusCampaign'], reseller: true },
    component: () => import('../pages/bonuses/BonusCampaignPage.vue'),
  },
  {
    path: '/money/bonuses',
    name: 'bonuses',
    meta: { can: ['read', 'Commission'] },
    component: () => import('../pages/bonuses/BonusesPage.vue'),
  },
  {
    path: '/money/reconciliation',
    name: 'reconciliation',
    meta: { can: ['read', 'Reconciliation'], reseller: true },
    component: () => import('../pages/reconciliation/ReconciliationPage.vue'),
  },
  {
    path: '/money/reconciliation/:id',
    name: 'reconciliation-case',
    meta: { can: ['read', 'Reconciliation'], reseller: true },
    component: () => import('../pages/reconciliation/ReconciliationCasePage.vue'),
  },
  {
    path: '/money/commissions',
    name: 'commissions',
    meta: { can: ['read', 'Commission'] },
    component: () => import('../pages/money/CommissionsPage.vue'),
  },
  {
    path: '/money/adjustments',
    name: 'adjustments',
    meta: { can: ['read', 'Commission'] },
    component: () => import('../pages/settlement/AdjustmentsPage.vue'),
  },
  {
    path: '/money/settlements',
    name: 'settlements',
    meta: { can: ['read', 'Settlement'] },
    component: () => import('../pages/settlement/StatementsPage.vue'),
  },
  {
    path: '/money/wallets',
    name: 'wallets',
    meta: { can: ['read', 'Wallet'] },
    component: () => import('../pages/wallets/WalletsPage.vue'),
  },
  {
    path: '/money/receivables',
    name: 'receivables',
    meta: { can: ['read', 'Wallet'] },
    component: () => import('../pages/wallets/ReceivablesPage.vue'),
  },
  {
    path: '/money/settlements/:id',
    name: 'settlement',
    meta: { can: ['read', 'Settlement'] },
    component: () => import('../pages/settlement/StatementPage.vue'),
  },
  {
    path: '/money/payout-files',
    name: 'payout-files',
    meta: { can: ['update', 'Settlement'], reseller: true },
    component: () => import('../pages/settlement/PayoutFilesPage.vue'),
  },
  {
    path: '/money/disputes',
    name: 'disputes',
    meta: { can: ['read', 'Payment'], reseller: true },
    component: () => import('../pages/disputes/DisputesPage.vue'),
  },
  {
    path: '/money/disputes/:id',
    name: 'dispute',
    meta: { can: ['read', 'Payment'], reseller: true },
    component: () => import('../pages/disputes/DisputePage.vue'),
  },
  {
    path: '/money/platform-invoices',
    name: 'platform-invoices',
    meta: { can: ['read', 'PlatformInvoice'], reseller: true },
    component: () => import('../pages/money/PlatformInvoicesPage.vue'),
  },
  {
    path: '/money/payment-account',
    name: 'payment-account',
    meta: { can: ['read', 'PayoutAccount'], reseller: true },
    component: () => import('../pages/settlement/PaymentAccountPage.vue'),
  },
  {
    path: '/money/settlement-terms',
    name: 'settlement-terms',
    meta: { can: ['update', 'Settlement'], reseller: true },
    component: () => import('../pages/settlement/TermsPage.vue'),
  },
  {
    path: '/money/invoices',
    name: 'invoices',
    meta: { can: ['read', 'Invoice'] },
    component: () => import('../pages/money/InvoicesPage.vue'),
  },
  {
    path: '/money/invoice-settings',
    name: 'invoice-settings',
    meta: { can: ['adjust', 'Invoice'] },
    component: () => import('../pages/money/InvoiceSettingsPage.vue'),
  },
  {
    path: '/money/invoices/:id',
    name: 'invoice',
    meta: { can: ['read', 'Invoice'] },
    component: () => import('../pages/money/InvoicePage.vue'),
  },
  {
    path: '/settings/brand',
    name: 'brand',
    meta: { can: ['update', 'Brand'] },
    component: () => import('../pages/settings/BrandPage.vue'),
  },
  {
    path: '/settings/pages',
    name: 'pages',
    meta: { can: ['update', 'Brand'] },
    component: () => import('../pages/settings/PagesPage.vue'),
  },
  {
    path: '/settings/people',
    name: 'people',
    meta: { can: ['read', 'User'], reseller: true },
    component: () => import('../pages/people/PeoplePage.vue'),
  },
  {
    path: '/settings/permission-sets',
    name: 'permission-sets',
    meta: { can: ['read', 'PermissionSet'], reseller: true },
    component: () => import('../pages/people/PermissionSetsPage.vue'),
  },
  {
    path: '/settings/permission-sets/new',
    name: 'permission-set-new',
    meta: { can: ['create', 'PermissionSet'], reseller: true },
    component: () => import('../pages/people/PermissionSetPage.vue'),
  },
  {
    path: '/settings/permission-sets/:id',
    name: 'permission-set',
    meta: { can: ['read', 'PermissionSet'], reseller: true },
    component: () => import('../pages/people/PermissionSetPage.vue'),
  },
  {
    path: '/settings/api-clients',
    name: 'api-clients',
    meta: { can: ['read', 'ApiClient'] },
    component: () => import('../pages/settings/ApiClientsPage.vue'),
  },
  {
    path: '/settings/applications',
    name: 'applications',
    meta: { can: ['read', 'ApiClient'], reseller: true },
    component: () => import('../pages/applications/ApplicationsPage.vue'),
  },
  {
    path: '/settings/applications/new',
    name: 'application-new',
    meta: { can: ['create', 'ApiClient'], reseller: true },
    component: () => import('../pages/applications/ApplicationPage.vue'),
  },
  {
    path: '/settings/applications/:id',
    name: 'application',
    meta: { can: ['read', 'ApiClient'], reseller: true },
    component: () => import('../pages/applications/ApplicationPage.vue'),
  },
  {
    path: '/settings/sign-in',
    name: 'sign-in',
    meta: { can: ['read', 'IdentityProvider'], reseller: true },
    component: () => import('../pages/sign-in/SignInPage.vue'),
  },
  {
    path: '/settings/sign-in/new',
    name: 'sign-in-provider-new',
    meta: { can: ['create', 'IdentityProvider'], reseller: true },
    component: () => import('../pages/sign-in/ProviderPage.vue'),
  },
  {
    path: '/settings/sign-in/:id',
    name: 'sign-in-provider',
    meta: { can: ['read', 'IdentityProvider'], reseller: true },
    component: () => import('../pages/sign-in/ProviderPage.vue'),
  },
  {
    path: '/settings/audit-log',
    name: 'audit',
    meta: { can: ['read', 'AuditEntry'] },
    component: () => import('../pages/audit/AuditPage.vue'),
  },
  { path: '/settings/account', name: 'account', component: () => import('../pages/settings/AccountPage.vue') },
  { path: '/:rest(.*)*', name: 'not-found', component: () => import('../pages/NotFoundPage.vue') },
];

const RELOADED = 'console-reloaded-for';

/** Pages below `/console/`. What the person may not see is not found; the server would refuse its data anyway. */
export function createConsoleRouter(session: { ability: AppAbility; agencyId: string | null }) {
  const router = createRouter({
    history: createWebHistory('/console/'),
    routes,
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
  });
  router.beforeEach((to) => {
    const { can, reseller } = to.meta;
    const isOpen = (!can || session.ability.can(...can)) && (!reseller || session.agencyId === null);
    if (isOpen) return true;
    return { name: 'not-found', params: { rest: to.path.slice(1).split('/') }, query: to.query, replace: true };
  });
  // After a new version was put up, the pages an open console knows are gone: load the new one, once.
  router.onError((error: unknown, to) => {
    if (!(error instanceof TypeError) || sessionStorage.getItem(RELOADED) === to.fullPath) throw error;
    sessionStorage.setItem(RELOADED, to.fullPath);
    window.location.assign(router.resolve(to).href);
  });
  // A screen reader hears of a new page because focus moves to its heading.
  router.afterEach(async (to, from, failure) => {
    if (!failure) sessionStorage.removeItem(RELOADED);
    if (from.matched.length === 0 || to.path === from.path || to.name === from.name) return;
    await nextTick();
    setTimeout(() => document.getElementById('page-title')?.focus({ preventScroll: true }));
  });
  return router;
}
