import { z } from 'zod';
import { Day, Instant, MoneyView, PageQuery, Uuid, pageOf } from '../kernel/http/wire.ts';
import { FrozenExchangeView } from '../pricing/index.ts';
import { TypedCodes } from '../promos/index.ts';
import { OfferView } from '../search/index.ts';
import { PaymentLinkView } from './payment-links/schema.ts';

/** ICAO 9303 names: Latin letters with diacritics, space, hyphen, apostrophe. */
const PersonName = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .regex(/^[\p{Script=Latin}][\p{Script=Latin}\p{M}' .-]*$/u, { error: 'use Latin letters as in the passport' });

export const TravellerInput = z
  .strictObject({
    type: z.enum(['adult', 'child', 'infant_without_seat']),
    title: z.enum(['mr', 'mrs', 'ms', 'miss', 'dr']),
    gender: z.enum(['m', 'f']),
    givenName: PersonName,
    familyName: PersonName,
    bornOn: Day,
    document: z
      .strictObject({
        type: z.literal('passport'),
        number: z.string().trim().min(4).max(20),
        issuingCountry: z.string().length(2),
        expiresOn: Day,
      })
      .optional(),
  })
  .openapi('TravellerInput');
export type TravellerInput = z.infer<typeof TravellerInput>;

export const ContactInput = z
  .strictObject({
    givenName: PersonName,
    familyName: PersonName,
    email: z.email().max(254),
    phone: z
      .string()
      .trim()
      .regex(/^\+[1-9]\d{6,14}$/, { error: 'write it internationally, e.g. +34600000001' }),
  })
  .openapi('ContactInput');

export const BookingCreate = z
  .strictObject({
    items: z
      .array(z.union([z.strictObject({ offerId: z.string().max(80) }), z.strictObject({ quoteId: Uuid })]))
      .length(1),
    travellers: z.array(TravellerInput).min(1).max(9),
    contact: ContactInput,
    payment: z.strictObject({
      /**
       * `card`: the customer pays the reseller; `wallet`: the agency pays from its wallet and collects from its client itself; `link`: the
       * contact is mailed a link to pay the reseller by card, while the price is held (staff only).
       */
      method: z.enum(['card', 'wallet', 'link']),
      /** A Stripe payment method made by the caller (`pm_…`); without it the answer carries the URL of a hosted payment page. */
      paymentMethodId: z
        .string()
        .max(120)
        .regex(/^pm_\w+$/)
        .optional(),
    }),
    /** The total the person agreed to; a differing one answers 409 with both. */
    expectedTotal: MoneyView.optional(),
    /** Codes for a discount, as they were typed; the total to agree to is that with them. */
    promoCodes: TypedCodes.default([]),
    locale: z.enum(['en', 'es']).optional(),
  })
  .openapi('BookingCreate');
export type BookingCreate = z.infer<typeof BookingCreate>;

export const BookingState = z.enum([
  'draft',
  'pending',
  'held',
  'confirmed',
  'ticketed',
  'completed',
  'payment_failed',
  'expired',
  'failed',
  'cancelling',
  'cancelled',
  'changing',
  'needs_attention',
]);
export const PaymentState = z.enum([
  'created',
  'requires_action',
  'authorised',
  'processing',
  'succeeded',
  'failed',
  'cancelled',
  'refunded',
  'partially_refunded',
  'disputed',
]);

export const PaymentView = z
  .object({
    id: Uuid,
    method: z.enum(['card', 'wallet', 'credit']),
    state: PaymentState,
    amount: MoneyView,
    refunded: MoneyView,
    /** Where the person pays or proves identity (3-D Secure); present while that is what the payment waits for. */
    actionUrl: z.string().nullable(),
    failure: z.string().nullable(),
  })
  .openapi('Payment');

/** What one level earned on a booking. Never an ancestor's figure. */
export const EarningsView = z
  .object({
    buyPrice: MoneyView,
    markup: MoneyView,
    sellPrice: MoneyView,
    commission: MoneyView,
    /** What stays after a cancellation. */
    earned: MoneyView,
    /** The reseller alone sees the whole chain: every level below it, the supplier's net and the platform's fee. */
    chain: z
      .array(
        z.object({
          agencyId: Uuid.nullable(),
          agencyName: z.string(),
          tier: z.string().nullable(),
          buyPrice: MoneyView,
          markup: MoneyView,
          commission: MoneyView,
          earned: MoneyView,
        }),
      )
      .optional(),
    net: MoneyView.optional(),
    /** Of a net in another currency, for the reseller: the frozen rate and what its spread earned. */
    fx: FrozenExchangeView.optional(),
    platformFee: MoneyView.optional(),
    margin: MoneyView.optional(),
    /** What codes took off the reader's own earnings; figures above are net of it. */
    discount: MoneyView.optional(),
  })
  .openapi('Earnings');

export const BookingView = z
  .object({
    id: Uuid,
    reference: z.string(),
    state: BookingState,
    title: z.string(),
    total: MoneyView,
    startsOn: Day,
    endsOn: Day,
    createdAt: Instant,
    confirmedAt: Instant.nullable(),
    cancelledAt: Instant.nullable(),
    /** Until when it can still be paid, while it waits for payment. */
    expiresAt: Instant.nullable(),
    failureReason: z.string().nullable(),
    brand: z.object({ id: Uuid, name: z.string() }),
    agency: z.object({ id: Uuid, name: z.string() }).nullable(),
    /** The colleague of the seller who booked, where it was not the customer or a guest. */
    bookedBy: z.object({ id: Uuid, name: z.string() }).nullable(),
    leadName: z.string(),
    /** Absent for colleagues who may not see personal data; dates of birth too. */
    contact: z
      .object({
        givenName: z.string(),
        familyName: z.string(),
        email: z.string(),
        phone: z.string().nullable(),
      })
      .optional(),
    items: z.array(
      z.object({
        id: Uuid,
        product: z.enum(['flight', 'stay']),
        state: z.string(),
        supplierReference: z.string().nullable(),
        offer: OfferView,
        total: MoneyView,
      }),
    ),
    travellers: z.array(
      z.object({
        id: Uuid,
        type: z.string(),
        title: z.string().nullable(),
        givenName: z.string(),
        familyName: z.string(),
        bornOn: Day.nullable().optional(),
        ticketNumber: z.string().nullable(),
      }),
    ),
    payment: PaymentView.nullable(),
    /** What codes took off the total; null for none. */
    discount: z.object({ total: MoneyView, codes: z.array(z.string()) }).nullable(),
    earnings: EarningsView.optional(),
    documents: z.array(
      z.object({ kind: z.enum(['itinerary', 'ics', 'invoice']), url: z.string(), fileName: z.string() }),
    ),
    /** The link its client pays by: for the seller, where one was sent. */
    paymentLink: PaymentLinkView.nullable().optional(),
    /** What the reader may do now. */
    actions: z.array(z.enum(['pay', 'cancel', 'send_payment_link'])),
    /** Lets a guest open the booking again; given once, in the answer that made it. */
    guestToken: z.string().optional(),
  })
  .openapi('Booking');
export type BookingView = z.infer<typeof BookingView>;

export const BookingSummaryView = z
  .object({
    id: Uuid,
    reference: z.string(),
    state: BookingState,
    title: z.string(),
    product: z.enum(['flight', 'stay']),
    leadName: z.string(),
    agency: z.object({ id: Uuid, name: z.string() }).nullable(),
    brandName: z.string(),
    total: MoneyView,
    /** What the reader's own level earned; absent for customers. */
    earned: MoneyView.optional(),
    paymentMethod: z.string(),
    startsOn: Day,
    createdAt: Instant,
  })
  .openapi('BookingSummary');
export const BookingList = pageOf(BookingSummaryView);
export const BookingListQuery = PageQuery.extend({
  state: BookingState.optional(),
  agencyId: Uuid.optional(),
  /** Beginning of the reference, or words of the lead traveller's name (whole, or their first three letters and more). */
  search: z.string().trim().max(60).optional(),
  sort: z.enum(['-createdAt', 'createdAt', '-total', 'total', 'startsOn', '-startsOn']).default('-createdAt'),
}).strict();
export type BookingListQuery = z.infer<typeof BookingListQuery>;

export const BookingParams = z.object({ id: z.string().regex(/^([0-9a-f-]{36}|[A-Z0-9]{6})$/) });
export const BookingAccessQuery = z.strictObject({ access: z.string().max(100).optional() });
export const PaymentCreate = z
  .strictObject({
    method: z.enum(['card']),
    paymentMethodId: z
      .string()
      .max(120)
      .regex(/^pm_\w+$/)
      .optional(),
  })
  .openapi('PaymentCreate');

export const TimelineView = z
  .object({
    data: z.array(
      z.object({ at: Instant, kind: z.string(), actor: z.string(), detail: z.record(z.string(), z.unknown()) }),
    ),
    saga: z
      .object({
        state: z.string(),
        step: z.string(),
        steps: z.array(
          z.object({
            step: z.string(),
            direction: z.string(),
            state: z.string(),
            attempts: z.number().int(),
            error: z.string().nullable(),
          }),
        ),
      })
      .nullable(),
  })
  .openapi('BookingTimeline');

export const CancellationQuoteView = z
  .object({ id: Uuid, bookingId: Uuid, refund: MoneyView, penalty: MoneyView, expiresAt: Instant })
  .openapi('CancellationQuote');
