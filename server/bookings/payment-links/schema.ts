import { z } from 'zod';
import { Instant, MoneyView } from '../../kernel/http/wire.ts';
import { OfferView } from '../../search/index.ts';

export const PaymentLinkState = z.enum(['open', 'processing', 'booked', 'failed', 'expired', 'revoked', 'cancelled']);

/** A booking's link as its seller sees it. */
export const PaymentLinkView = z
  .object({
    state: PaymentLinkState,
    sentAt: Instant,
    expiresAt: Instant,
    /** When the client first opened the page. */
    openedAt: Instant.nullable(),
    /** Given once, in the answer that made the link, to be sent in another way than by mail. */
    url: z.string().optional(),
  })
  .openapi('PaymentLink');
export type PaymentLinkView = z.infer<typeof PaymentLinkView>;

export const LinkAccessQuery = z.strictObject({ access: z.string().min(20).max(100) });

/**
 * What the client sees before paying: trip, total, conditions and who travels, so that a wrong name is noticed in time. No address, no
 * date of birth, no document; family names by their first letter. Nothing of the trip once the link is of no more use.
 */
export const PaymentLinkPage = z
  .object({
    state: PaymentLinkState,
    reference: z.string(),
    /** Who asks for the money: the agency, or the brand itself. */
    sellerName: z.string(),
    recipientName: z.string().nullable(),
    expiresAt: Instant,
    trip: z
      .object({
        title: z.string(),
        total: MoneyView,
        items: z.array(z.object({ id: z.string(), offer: OfferView })),
        travellers: z.array(z.object({ givenName: z.string(), familyInitial: z.string() })),
      })
      .nullable(),
    payment: z
      .object({
        /** The hosted page, while one is open. */
        actionUrl: z.string().nullable(),
        failure: z.string().nullable(),
      })
      .nullable(),
  })
  .openapi('PaymentLinkPage');
export type PaymentLinkPage = z.infer<typeof PaymentLinkPage>;
