import { z } from 'zod';

/** A card Stripe keeps for a person. Its number is nowhere. */
export const SavedCardView = z
  .object({
    id: z.string(),
    brand: z.string(),
    last4: z.string(),
    expMonth: z.number().int(),
    expYear: z.number().int(),
  })
  .openapi('SavedCard');
export const SavedCardList = z.object({ data: z.array(SavedCardView), next: z.null() }).openapi('SavedCardList');
export const SavedCardParams = z.object({ id: z.string().regex(/^[\w-]{3,120}$/) });
