import { abilityFor, as } from '../access/index.ts';
import { digest } from '../kernel/crypto/vault.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { NotFound } from '../kernel/errors.ts';
import { doerOf, type Actor } from '../kernel/http/actor.ts';
import type { Brand, RequestContext, Tenant } from '../kernel/http/context.ts';
import { deterministicId } from '../kernel/http/idempotency.ts';
import { newId, newReference } from '../kernel/ids.ts';
import { must } from '../kernel/must.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { PaymentDeclined, type CardHolder, type Payment } from '../payments/index.ts';
import { mayBeSoldTo } from '../pricing/index.ts';
import type { UsedCodes } from '../promos/index.ts';
import { awaitsPayment, checkTravellers, daysOf, itemOf, titleOf, type Booking } from './booking.ts';
import { FIRST_STEP } from './booking-saga.ts';
import type { BookingDeps, QuoteRecord } from './deps.ts';
import { guestTokenOf } from './guest-token.ts';
import {
  ClosedGroupPrice,
  ContactNotCustomers,
  OfferExpired,
  PriceChanged,
  TravellersInvalid,
  WalletNotYours,
} from './errors.ts';
import { LinkNotForYou } from './payment-links/errors.ts';
import { writePaymentLink } from './payment-links/send-payment-link.ts';
import { addTimelineEvent, findById, findByIdOrReference, getById, insertBooking } from './repository.ts';
import { insertSaga } from './saga-repository.ts';
import type { BookingCreate } from './schema.ts';
import { contactIndex, sealBirth, sealDocument, sealPhone } from './sealed-bookings.ts';

/** How long a person has to pay by card once the booking is written; never longer than the offer lives. */
const PAYMENT_WINDOW_MS = 30 * 60_000;
/** An offer that is about to expire cannot be paid in time. */
const SHORTEST_WINDOW_MS = 60_000;

export interface Booked {
  booking: Booking;
  /** Present when a guest booked: lets the guest open the booking again. */
  guestToken?: string;
}

/**
 * Books a trip: checks the quote, the price agreed to and the travellers; writes booking, payment, saga and event in one transaction
 * (an agency's wallet is held in it, a client's payment link made); starts the card payment. What follows is the saga's. Repeating the
 * call with the same idempotency key finds the first booking.
 * @throws PriceChanged, ClosedGroupPrice, OfferExpired, TravellersInvalid, WalletNotYours, LinkNotForYou, PaymentDeclined, the wallets
 * and the promo codes module's problems
 */
export async function bookTrip(deps: BookingDeps, ctx: RequestContext, input: BookingCreate): Promise<Booked> {
  const bookingId = ctx.idempotentId ?? newId();
  const guestToken = ctx.actor.kind === 'anonymous' ? guestTokenOf(deps.vaultOf(ctx.tenant), bookingId) : undefined;
  const existing = await findById(ctx.sql, bookingId);
  if (!existing) await writeBooking(deps, ctx, input, bookingId, guestToken);
  const booking = existing ?? (await getById(ctx.sql, bookingId));
  if (input.payment.method === 'card' && awaitsPayment(booking.state)) {
    await startCardPayment(deps, ctx, booking, {
      ...(guestToken ? { guestToken } : {}),
      ...(input.payment.paymentMethodId ? { paymentMethodId: input.payment.paymentMethodId } : {}),
      ...holderOf(ctx.actor, booking),
    });
  }
  return { booking: await getById(ctx.sql, bookingId), ...(guestToken ? { guestToken } : {}) };
}

async function writeBooking(
  deps: BookingDeps,
  ctx: RequestContext,
  input: BookingCreate,
  bookingId: string,
  guestToken: string | undefined,
): Promise<void> {
  const { quote, uses } = await useCodes(deps, ctx, input, await findQuote(deps, ctx, input));
  checkPrice(quote, input);
  checkAudience(quote, ctx.actor);
  checkContact(ctx.actor, input);
  const faults = checkTravellers(quote.offer, input.travellers);
  if (faults.length > 0) throw TravellersInvalid({ errors: faults });
  const isStaff =
    ctx.actor.role !== null &&
    ctx.actor.role !== 'customer' &&
    ctx.actor.agencyId === quote.agencyId &&
    quote.agencyId !== null;
  if (input.payment.method === 'wallet' && !isStaff) throw WalletNotYours();

  const draft = await draftBooking(deps, ctx, input, quote, { bookingId, guestToken });
  if (input.payment.method === 'link' && !abilityFor(ctx.actor).can('create', as('PaymentLink', draft)))
    throw LinkNotForYou();
  const written = deps.database.withTenant(ctx.tenant, async (sql) => {
    if (!(await insertBooking(sql, draft))) return;
    const { currency } = quote;
    await deps.promos.reserve(sql, { id: bookingId, currency, contactIndex: contactIndexOf(deps, ctx, input) }, uses);
    const held =
      input.payment.method === 'wallet'
        ? await deps.wallets.hold(sql, { id: bookingId, buildUp: quote.buildUp })
        : { isExchanged: false };
    if (input.payment.method !== 'link')
      await deps.payments.create(sql, {
        id: firstPaymentId(ctx, bookingId),
        bookingId,
        method: input.payment.method,
        amountMinor: quote.totalMinor,
        currency: quote.currency,
        platformFeeMinor: quote.buildUp.platformFee.amount,
        state: input.payment.method === 'wallet' ? 'authorised' : 'created',
      });
    await insertSaga(sql, { id: bookingId, bookingId, kind: 'book-trip', step: FIRST_STEP });
    await addTimelineEvent(sql, bookingId, 'requested', doerOf(ctx.actor).name || 'guest', {
      method: input.payment.method,
    });
    // No figures: a timeline is read by every level, and what was exchanged stands in the wallet.
    if (held.isExchanged) await addTimelineEvent(sql, bookingId, 'wallet_exchanged', 'system');
    if (input.payment.method === 'link')
      await writePaymentLink(deps, ctx, sql, { id: bookingId, expiresAt: draft.expiresAt });
    await emitEvent(sql, { kind: 'booking.requested@1', payload: { bookingId } });
    await emitEvent(sql, { kind: 'booking.created@1', payload: { bookingId } });
  });
  await written.catch(async (error: unknown) => {
    await deps.wallets.tellShort(ctx.tenant, error, {
      sellerAgencyId: quote.agencyId,
      userId: ctx.actor.kind === 'user' && !ctx.actor.actingParty ? ctx.actor.id : null,
      brandId: ctx.brand.id,
      quoteId: quote.id,
      title: draft.title,
      searchUrl: `${ctx.brand.origin}${deps.quotes.searchAgainLink(quote.offer)}`,
      at: deps.clock.now(),
    });
    throw error;
  });
}

async function findQuote(deps: BookingDeps, ctx: RequestContext, input: BookingCreate): Promise<QuoteRecord> {
  const item = must(input.items[0], 'the item of a booking request');
  const quote =
    'offerId' in item ? await deps.quotes.fromOffer(ctx, item.offerId) : await deps.quotes.find(ctx.sql, item.quoteId);
  // A quote is made for one brand's seller: elsewhere it does not exist.
  if (!quote || quote.brandId !== ctx.brand.id) throw NotFound({ what: 'This quote' });
  // Who acts as a customer sells for the customer's agency: a quote it made before, for another seller, is not the customer's.
  if (ctx.actor.actingParty && quote.agencyId !== ctx.actor.agencyId) throw NotFound({ what: 'This quote' });
  if (quote.expiresAt.getTime() - deps.clock.now().getTime() < SHORTEST_WINDOW_MS)
    throw OfferExpired({ searchAgain: deps.quotes.searchAgainLink(quote.offer) });
  return quote;
}

/** The quote at its price with the codes taken off, and what the booking will reserve of them. */
async function useCodes(
  deps: BookingDeps,
  ctx: RequestContext,
  input: BookingCreate,
  quote: QuoteRecord,
): Promise<{ quote: QuoteRecord; uses: UsedCodes['uses'] }> {
  if (input.promoCodes.length === 0) return { quote, uses: [] };
  const { buildUp, uses } = await deps.promos.use(ctx, input.promoCodes, quote, contactIndexOf(deps, ctx, input));
  return { quote: { ...quote, buildUp, totalMinor: buildUp.customerTotal }, uses };
}

const contactIndexOf = (deps: BookingDeps, { tenant }: RequestContext, { contact }: BookingCreate): string =>
  contactIndex(deps.vaultOf(tenant), contact.email.toLowerCase());

function checkPrice(quote: QuoteRecord, input: BookingCreate): void {
  const agreed = input.expectedTotal;
  if (!agreed) return;
  const current = { amount: quote.totalMinor, currency: quote.currency };
  // A price that fell is the customer's gain and needs no consent.
  if (agreed.currency !== current.currency || agreed.amount < current.amount)
    throw PriceChanged({ previous: agreed, current, quoteId: quote.id });
}

/** A price below a hotel's suggested one was made for people who signed in (money.md, example K). */
function checkAudience({ buildUp }: QuoteRecord, { role }: Actor): void {
  if (!mayBeSoldTo(buildUp, role === null ? 'public' : 'closed_group')) throw ClosedGroupPrice();
}

/** What an agent books as a customer is confirmed to that customer, who would not hear of it else. */
function checkContact({ actingParty, email }: Actor, { contact }: BookingCreate): void {
  if (actingParty && contact.email.toLowerCase() !== email) throw ContactNotCustomers({ email: email ?? '' });
}

async function draftBooking(
  deps: BookingDeps,
  ctx: RequestContext,
  input: BookingCreate,
  quote: QuoteRecord,
  ids: { bookingId: string; guestToken: string | undefined },
) {
  const vault = deps.vaultOf(ctx.tenant);
  const now = deps.clock.now().getTime();
  const lead = must(input.travellers[0], 'the first traveller');
  const byLink = input.payment.method === 'link';
  return {
    id: ids.bookingId,
    reference: await freeReference(ctx.sql),
    state: 'pending' as const,
    brandId: ctx.brand.id,
    agencyId: quote.agencyId,
    agencyPath: quote.agencyId ? await deps.agencies.pathOf(ctx.sql, quote.agencyId) : '/',
    customerId: ctx.actor.role === 'customer' ? ctx.actor.id : null,
    bookedById: doerOf(ctx.actor).id,
    title: titleOf(quote.offer),
    leadName: `${lead.givenName} ${lead.familyName}`,
    contact: {
      givenName: input.contact.givenName,
      familyName: input.contact.familyName,
      email: input.contact.email.toLowerCase(),
    },
    contactPhoneEncrypted: sealPhone(vault, ids.bookingId, input.contact.phone),
    locale: input.locale ?? ctx.locale,
    currency: quote.currency,
    totalMinor: quote.totalMinor,
    // Who pays by link pays the reseller by card, and opens the trip later as a guest does.
    paymentMethod: input.payment.method === 'wallet' ? ('wallet' as const) : ('card' as const),
    guestTokenHash: byLink || ids.guestToken ? digest(ids.guestToken ?? guestTokenOf(vault, ids.bookingId)) : null,
    ...daysOf(quote.offer),
    expiresAt: byLink ? quote.expiresAt : new Date(Math.min(quote.expiresAt.getTime(), now + PAYMENT_WINDOW_MS)),
    items: [
      {
        id: newId(),
        position: 0,
        product: quote.product,
        state: 'pending',
        quoteId: quote.id,
        supplier: quote.supplier,
        supplierOrderId: null,
        supplierReference: null,
        supplierDocuments: [],
        offer: quote.offer,
        buildUp: quote.buildUp,
        netMinor: quote.netMinor,
        totalMinor: quote.totalMinor,
        currency: quote.currency,
      },
    ],
    travellers: input.travellers.map((traveller, position) => {
      const id = newId();
      return {
        id,
        position,
        type: traveller.type,
        title: traveller.title,
        gender: traveller.gender,
        givenName: traveller.givenName,
        familyName: traveller.familyName,
        bornOnEncrypted: sealBirth(vault, id, traveller.bornOn),
        documentEncrypted: traveller.document ? sealDocument(vault, id, traveller.document) : null,
      };
    }),
  };
}

/** 30^6 references: a clash is rare, and a unique constraint stands behind this look. */
async function freeReference(sql: TenantSql): Promise<string> {
  for (;;) {
    const reference = newReference();
    if (!(await findByIdOrReference(sql, reference))) return reference;
  }
}

const firstPaymentId = (ctx: RequestContext, bookingId: string) => deterministicId(ctx.tenant.id, 'payment', bookingId);

/** Who pays its own booking may have the card kept, and pay with one that is: no guest, nor who acts for somebody. */
export const holderOf = (actor: Actor, { customerId }: Booking): { holder?: CardHolder } =>
  actor.kind === 'user' &&
  actor.role === 'customer' &&
  !actor.actingParty &&
  actor.id !== null &&
  actor.id === customerId &&
  actor.email
    ? { holder: { kind: 'user', id: actor.id, name: actor.name, email: actor.email } }
    : {};

/**
 * Starts (or finds again) the card payment of a booking that waits for one. After a decline or a closed page a new payment is made.
 * @throws PaymentDeclined when the given card was declined; the booking stays and can be paid again
 */
export async function startCardPayment(
  deps: BookingDeps,
  ctx: { tenant: Tenant; brand: Brand; sql: TenantSql },
  booking: Booking,
  options: { paymentMethodId?: string; guestToken?: string; nextAttempt?: string; page?: URL; holder?: CardHolder },
): Promise<Payment> {
  const latest = await findUsablePayment(deps, ctx, booking, options.paymentMethodId !== undefined);
  // The money is held already, or the person has a page to pay on: what follows is theirs, or the saga's.
  if (latest && latest.state !== 'created') return latest;
  const paymentId = latest?.id ?? (await newAttempt(deps, ctx.tenant, booking, options.nextAttempt));
  const page = options.page ?? new URL(`/trips/${booking.reference}`, ctx.brand.origin);
  if (options.guestToken) page.searchParams.set('access', options.guestToken);
  const cancelled = new URL(page);
  cancelled.searchParams.set('payment', 'cancelled');
  const payment = await deps.payments.start(
    ctx.tenant,
    {
      paymentId,
      bookingId: booking.id,
      tenantId: ctx.tenant.id,
      amountMinor: booking.totalMinor,
      currency: booking.currency,
      description: `${ctx.brand.name} ${booking.reference}: ${booking.title}`,
      email: booking.contact.email,
      locale: booking.locale,
      successUrl: page.href,
      cancelUrl: cancelled.href,
    },
    {
      ...(options.paymentMethodId ? { paymentMethodId: options.paymentMethodId } : {}),
      ...(options.holder ? { holder: options.holder } : {}),
    },
  );
  if (payment.state === 'failed')
    throw PaymentDeclined({
      reason: payment.failureMessage ?? 'Your bank declined the payment.',
      bookingId: booking.id,
      reference: booking.reference,
      ...(options.guestToken ? { guestToken: options.guestToken } : {}),
    });
  return payment;
}

/**
 * The payment that can go on, as Stripe sees it now; undefined when a new one must be made. A card given outright ends a page that is
 * still open: two ways to pay one booking must not both be usable.
 */
async function findUsablePayment(
  deps: BookingDeps,
  ctx: { tenant: Tenant; sql: TenantSql },
  booking: Booking,
  cardIsGiven: boolean,
): Promise<Payment | undefined> {
  const latest = await deps.payments.findLatestByBooking(ctx.sql, booking.id);
  if (!latest || latest.state === 'created') return latest;
  const now = await deps.payments.refresh(ctx.tenant, latest.id);
  if (!now || now.state === 'failed' || now.state === 'cancelled') return undefined;
  if (now.state !== 'requires_action' || !now.checkoutSessionId || !cardIsGiven) return now;
  await deps.payments.cancel(ctx.tenant, now);
  const ended = await deps.payments.refresh(ctx.tenant, now.id);
  return ended?.state === 'cancelled' ? undefined : ended;
}

function newAttempt(deps: BookingDeps, tenant: Tenant, booking: Booking, id = newId()): Promise<string> {
  return deps.database.withTenant(tenant, (sql) =>
    deps.payments.create(sql, {
      id,
      bookingId: booking.id,
      method: 'card',
      amountMinor: booking.totalMinor,
      currency: booking.currency,
      platformFeeMinor: itemOf(booking).buildUp.platformFee.amount,
    }),
  );
}
