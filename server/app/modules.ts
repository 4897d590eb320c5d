import { createBilling } from '../billing/index.ts';
import { createAgencies, creditCapFor } from '../agencies/index.ts';
import { contactIndex, createBookings, sumTravelled, type BookingDeps, type QuoteRecord } from '../bookings/index.ts';
import { createBonuses } from '../bonuses/index.ts';
import { createBranding } from '../branding/index.ts';
import { createCommissions } from '../commissions/index.ts';
import { createCustomers } from '../customers/index.ts';
import { createConnect, ownsAccount, paymentAccountOf, payoutAccountOf } from '../connect/index.ts';
import { createContent } from '../content/index.ts';
import { createDisputes, standingOfBooking } from '../disputes/index.ts';
import { createDocuments } from '../documents/index.ts';
import { createFiles } from '../files/index.ts';
import { findUserById } from '../identity/index.ts';
import { createInvoicing, findInvoicesOfBooking, invoicePdf } from '../invoicing/index.ts';
import { publicOrigin } from '../kernel/config.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Brand, RequestContext, Tenant } from '../kernel/http/context.ts';
import { createLedger, walletEdgesOf } from '../ledger/index.ts';
import { createNotifications, eraseRecipients } from '../notifications/index.ts';
import { createBalanceLines, createPayments, createStripe } from '../payments/index.ts';
import { createPricing } from '../pricing/index.ts';
import { createPromos } from '../promos/index.ts';
import { createSearch, offerFacts, searchAgainLink } from '../search/index.ts';
import { carryAccount, createSettlement, readTerms } from '../settlement/index.ts';
import { createDuffelSuppliers } from '../suppliers/index.ts';
import { captureHolds, createWallets, ensureWallet, holdForBooking, releaseHolds } from '../wallets/index.ts';
import type { Infrastructure } from './infrastructure.ts';
import { disputeFacts } from './dispute-facts.ts';
import { heldInOwnAccounts } from './held-in-own-accounts.ts';
import { createOnboarding } from './onboarding.ts';
import { creditNoteBooks } from './record-credit-note.ts';
import { createReceivables } from '../receivables/index.ts';
import { wireReconciliation } from './reconcile.ts';
import { recordRefund, recordSale } from './record-sale.ts';

/**
 * Every module, wired in order: one that stands below is made before one that stands on it, so that a circle cannot be written.
 * This list is the map of the server.
 */
export function createModules(infra: Infrastructure) {
  const { config, database, redis, clock, log, metrics, locks, vault } = infra;
  const onboarding = createOnboarding(infra);
  const { themes, hosts, identity, audit } = onboarding;
  const vaultOf = (tenant: Tenant) => vault.forTenant(tenant.id, tenant.wrappedDataKey);
  const brandOf = (tenant: Tenant, brandId: string): Promise<Brand | undefined> => hosts.brandOf(tenant, brandId);

  const ledger = createLedger({ database, clock });
  const stripe = createStripe(config);
  const connect = createConnect({ stripe, database, clock });
  const payments = createPayments({
    stripe,
    webhookSecrets: [config.STRIPE_WEBHOOK_SECRET, config.STRIPE_CONNECT_WEBHOOK_SECRET ?? []].flat(),
    database,
    clock,
    metrics,
    connect: { paymentAccountOf, ownsAccount },
  });
  const wallets = createWallets({
    database,
    clock,
    pages: payments.pages,
    peopleOf: identity.administratorsOf,
    personOf: identity.personOf,
    creditCapFor,
  });
  const receivables = createReceivables({ database, clock, peopleOf: identity.administratorsOf });
  const commissions = createCommissions({
    database,
    clock,
    fourEyesLimit: async (sql) => (await readTerms(sql, null)).fourEyesLimit,
  });
  const bonuses = createBonuses({ database, clock });
  const settlement = createSettlement({
    database,
    clock,
    transfers: connect.transfers,
    transferSources: { accountOf: payoutAccountOf, heldInOwnAccounts },
  });
  const invoicing = createInvoicing({ database, clock, creditNoteBooks });
  const billing = createBilling({ database });
  const agencies = createAgencies({
    config,
    database,
    clock,
    identity,
    readTravelled: sumTravelled,
    carryAccount,
    onAgencyCreated: (sql, agency) => ensureWallet(sql, agency.id, agency.currency),
  });
  const pricing = createPricing({ database, redis, clock, hasRateFeed: config.EXCHANGE_RATES_URL !== undefined });
  const files = createFiles({ database, clock });
  const branding = createBranding({ config, database, themes, files, hostResolver: hosts });

  const content = createContent({
    redis,
    clock,
    readBrand: branding.readBrand,
    originOf: (hostname) => publicOrigin(config, hostname),
  });

  const suppliers = createDuffelSuppliers({
    token: config.DUFFEL_TOKEN,
    basePath: config.DUFFEL_API_BASE,
    redis,
    clock,
    metrics,
  });
  const search = createSearch({ ...suppliers, pricingFor: pricing.pricingFor, redis, clock, metrics });
  const quoteAsSale = (ctx: RequestContext, quote: QuoteRecord, contact: string | null) => ({
    buildUp: quote.buildUp,
    facts: offerFacts(ctx, quote.offer, clock.now().getTime()),
    sellerAgencyId: quote.agencyId,
    contactIndex: contact,
  });
  const promos = createPromos({
    database,
    redis,
    clock,
    async saleOf(ctx, quoteId, email) {
      const quote = await search.api.getQuote(ctx.sql, quoteId);
      if (!quote || quote.brandId !== ctx.brand.id) return undefined;
      return quoteAsSale(ctx, quote, email === undefined ? null : contactIndex(vaultOf(ctx.tenant), email));
    },
  });

  const bookingDeps: BookingDeps = {
    database,
    locks,
    clock,
    log,
    metrics,
    vaultOf,
    brandOf,
    payments,
    flights: () => suppliers.flights,
    stays: () => suppliers.stays,
    quotes: {
      find: (sql, quoteId) => search.api.getQuote(sql, quoteId),
      fromOffer: async (ctx, offerId) => (await search.api.quoteOffer(ctx, offerId)).quote,
      searchAgainLink,
    },
    promos: {
      use: (ctx, typed, quote, contact) => promos.use(ctx, typed, quoteAsSale(ctx, quote, contact)),
      reserve: promos.reserve,
      release: promos.release,
    },
    wallets: {
      async hold(sql, { id, buildUp }) {
        const exchanged = await holdForBooking(sql, {
          bookingId: id,
          currency: buildUp.currency,
          now: clock.now(),
          edges: walletEdgesOf(buildUp).map((edge) => ({ agencyId: edge.childId, amountMinor: edge.amount })),
        });
        return { isExchanged: exchanged.length > 0 };
      },
      capture: captureHolds,
      release: releaseHolds,
      tellShort: wallets.tellShort,
    },
    disputes: { standingOf: standingOfBooking },
    accounting: { recordSale, recordRefund },
    agencies: { namesOf: agencies.namesOf, pathOf: async (sql, id) => (await agencies.pathOf(sql, id)) ?? '/' },
  };
  const bookings = createBookings(bookingDeps, {
    findInvoiceId: async (ctx, bookingId) => (await customerInvoice(ctx.sql, bookingId))?.id ?? null,
    nameOfUser: async ({ sql }, id) => {
      const user = await findUserById(sql, id);
      return user ? `${user.givenName} ${user.familyName}`.trim() : '';
    },
  });
  const documents = createDocuments({
    brandOf,
    themes,
    invoicing: {
      async renderBookingInvoice(ctx, booking) {
        const invoice = await customerInvoice(ctx.sql, booking.id);
        return invoice && (await invoicePdf(ctx.sql, invoice)).data;
      },
    },
  });
  const customers = createCustomers({
    database,
    clock,
    pathOf: agencies.pathOf,
    acting: identity.acting,
    eraseMails: eraseRecipients,
    listCards: (tenant, id) => payments.savedCards.list(tenant, { kind: 'user', id }),
    signOutEverywhere: identity.signOutEverywhere,
  });
  const reconciliation = wireReconciliation(infra, { balanceLines: createBalanceLines(stripe), suppliers, brandOf });
  const disputes = createDisputes({
    stripe,
    database,
    clock,
    factsOf: disputeFacts(brandOf),
    peopleOf: identity.administratorsOf,
  });
  const notifications = createNotifications({
    config,
    database,
    themes,
    brandOf,
    vaultOf,
    documents,
    sellerName: async (tenant, agencyId, brand) =>
      (agencyId && (await agencies.namesOf(database.tenant(tenant), [agencyId])).get(agencyId)) || brand.name,
    walletNotices: wallets.noticesOf,
    reminderNotices: receivables.noticesOf,
    disputeNotices: disputes.noticesOf,
    peopleOf: identity.administratorsOf,
  });

  return {
    ...onboarding,
    files,
    customers,
    content,
    payments,
    search,
    routes: [
      identity,
      audit,
      agencies,
      branding,
      content,
      pricing,
      promos,
      search,
      bookings,
      customers,
      documents,
      payments,
      wallets,
      receivables,
      ledger,
      commissions,
      bonuses,
      connect,
      disputes,
      settlement,
      invoicing,
      billing,
      reconciliation,
    ].flatMap((module) => module.routes),
    consumers: [
      identity.logoutConsumer(brandOf),
      ...payments.consumers,
      ...wallets.consumers,
      ...connect.consumers,
      ...disputes.consumers,
      ...settlement.consumers,
      ...bookings.consumers,
      ...notifications.consumers,
    ],
  };
}

/** The invoice a customer gets for a booking: the last of the chain, issued by whoever collects from the customer. */
async function customerInvoice(sql: TenantSql, bookingId: string) {
  return (await findInvoicesOfBooking(sql, bookingId)).find((invoice) => invoice.key === `${bookingId}/customer`);
}

export type Modules = ReturnType<typeof createModules>;
