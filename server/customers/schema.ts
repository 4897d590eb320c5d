import { z } from 'zod';
import { Instant, PageQuery, Uuid, pageOf } from '../kernel/http/wire.ts';

const name = z.string().trim().min(1).max(80);
const email = z.email().max(254);

export const CustomerView = z
  .object({
    id: Uuid,
    email: z.string().nullable().describe('Null once erased'),
    givenName: z.string(),
    familyName: z.string(),
    agency: z.object({ id: Uuid, name: z.string() }).nullable(),
    state: z.enum(['active', 'suspended', 'erased']),
    emailVerified: z.boolean(),
    locale: z.string(),
    bookings: z.number().int().describe('How many bookings'),
    createdAt: Instant,
  })
  .openapi('Customer');
export const CustomerPage = pageOf(CustomerView).openapi('CustomerPage');
export const CustomerQuery = PageQuery.extend({
  search: z
    .string()
    .trim()
    .max(254)
    .optional()
    .describe('A whole e-mail address, or words of the name (whole, or their first three letters and more)'),
  agencyId: Uuid.optional(),
}).strict();
export type CustomerQuery = z.infer<typeof CustomerQuery>;
export const CustomerCreate = z
  .strictObject({
    email,
    givenName: name,
    familyName: name,
    agencyId: Uuid.nullable().optional().describe("The actor's own agency when left out"),
    locale: z.enum(['en', 'es']).default('en'),
  })
  .openapi('CustomerCreate');
export type CustomerCreate = z.infer<typeof CustomerCreate>;
export const CustomerChange = z
  .strictObject({ givenName: name.optional(), familyName: name.optional(), locale: z.enum(['en', 'es']).optional() })
  .openapi('CustomerChange');
export type CustomerChange = z.infer<typeof CustomerChange>;
export const ActingStart = z
  .strictObject({
    customerId: Uuid,
    reason: z.string().trim().min(1).max(200).optional().describe('Why; kept in the audit log'),
  })
  .openapi('ActingStart');
export type ActingStart = z.infer<typeof ActingStart>;
export const ActingView = z
  .object({
    customer: z.object({ id: Uuid, name: z.string() }),
    until: Instant.describe('When it ends by itself, if it is not left alone before'),
    redirectTo: z.string().describe("Path of the storefront that is the customer's now"),
  })
  .openapi('Acting');
export const Erasure = z.strictObject({ confirm: z.string().max(254) }).openapi('ErasureRequest');
export const ErasureView = z.object({ id: Uuid, erasedAt: Instant, kept: z.array(z.string()) }).openapi('Erasure');

const text = z.string().nullable();
export const PersonalDataView = z
  .object({
    exportedAt: Instant,
    controller: z.object({ name: z.string(), email: z.string() }),
    account: z.object({
      id: Uuid,
      email: text,
      givenName: z.string(),
      familyName: z.string(),
      locale: z.string(),
      agency: text,
      emailVerifiedAt: Instant.nullable(),
      createdAt: Instant,
    }),
    consents: z.array(z.object({ document: z.string(), version: z.string(), locale: z.string(), acceptedAt: Instant })),
    /** Cards the payment service keeps; nothing more of them is known here. */
    cards: z.array(
      z.object({ brand: z.string(), last4: z.string(), expMonth: z.number().int(), expYear: z.number().int() }),
    ),
    bookings: z.array(
      z.object({
        reference: z.string(),
        state: z.string(),
        title: z.string(),
        total: z.object({ amount: z.number().int(), currency: z.string() }),
        startsOn: z.string(),
        endsOn: z.string(),
        createdAt: Instant,
        leadName: z.string(),
        contact: z.object({ givenName: z.string(), familyName: z.string(), email: z.string(), phone: text }),
        travellers: z.array(
          z.object({
            title: text,
            gender: text,
            givenName: z.string(),
            familyName: z.string(),
            bornOn: text,
            document: z
              .object({ type: z.string(), number: z.string(), issuingCountry: z.string(), expiresOn: z.string() })
              .nullable(),
          }),
        ),
        tickets: z.array(z.string()),
        timeline: z.array(z.object({ at: Instant, kind: z.string(), actor: z.string() })),
        invoices: z.array(
          z.object({
            number: z.string(),
            issuedAt: Instant,
            customer: z.object({ name: z.string(), taxId: text, address: text, email: text }),
          }),
        ),
      }),
    ),
  })
  .openapi('PersonalData');
export type PersonalDataView = z.infer<typeof PersonalDataView>;
