import { z } from 'zod';
import { Instant } from '../kernel/http/wire.ts';
import { ACCOUNT_STATES, REQUIREMENT_TOPICS } from './account.ts';

export const StripeAccountView = z
  .object({
    /** `ready`: it may take payments (the reseller's) or payouts (an agency's). */
    state: z.enum(ACCOUNT_STATES),
    /** Payments are taken in it, or payouts go to it. */
    isUsed: z.boolean(),
    chargesEnabled: z.boolean(),
    payoutsEnabled: z.boolean(),
    /** What Stripe asks for now, by topic. */
    requirements: z.array(z.enum(REQUIREMENT_TOPICS)),
    /** Last characters of its id at Stripe. */
    account: z.string().nullable(),
    refreshedAt: Instant.nullable(),
  })
  .openapi('StripeAccount');
export type StripeAccountView = z.infer<typeof StripeAccountView>;

export const StripeAccountUpdate = z.strictObject({ isUsed: z.boolean() }).openapi('StripeAccountUpdate');
export const OnboardingCreate = z
  .strictObject({
    /** Where the business is (ISO 3166-1 alpha-2), for an account that is to be made: cannot be changed later. Left out: that of its tax id. */
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, { error: 'two capital letters, e.g. ES' })
      .optional(),
  })
  .openapi('StripeOnboardingCreate');
export type OnboardingCreate = z.infer<typeof OnboardingCreate>;
export const OnboardingView = z
  .object({
    /** Stripe's page; works once. */
    url: z.url(),
    expiresAt: Instant,
  })
  .openapi('StripeOnboarding');
