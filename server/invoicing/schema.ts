import { z } from 'zod';
import { Instant, MoneyView, PageQuery, Uuid, pageOf } from '../kernel/http/wire.ts';

export const InvoiceKind = z.enum(['invoice', 'simplified_invoice', 'credit_note']);
export type InvoiceKind = z.infer<typeof InvoiceKind>;

export const PartyView = z
  .object({
    name: z.string(),
    taxId: z.string().nullable(),
    address: z.string().nullable(),
    email: z.string().nullable(),
    /** Set when the party is an agency of the network. */
    agencyId: Uuid.nullable(),
  })
  .openapi('InvoiceParty');

export const InvoiceSummaryView = z
  .object({
    id: Uuid,
    /** For example `F-2026-000001`: gap-free within its series and year. */
    number: z.string(),
    kind: InvoiceKind,
    issuerName: z.string(),
    customerName: z.string(),
    booking: z.object({ id: Uuid, reference: z.string() }).nullable(),
    total: MoneyView,
    issuedAt: Instant,
    pdfUrl: z.string(),
    /** UBL 2.1 by EN 16931; null where the issuer's tax id does not name its country, for there is none. */
    xmlUrl: z.string().nullable(),
  })
  .openapi('InvoiceSummary');
export type InvoiceSummaryView = z.infer<typeof InvoiceSummaryView>;

/** How a line is taxed. `rateBasisPoints` is null where no VAT is shown: inside the margin, owed by the buyer, or outside its scope. */
export const LineTaxView = z.object({
  scheme: z.enum(['margin', 'ordinary', 'reverse_charge', 'outside']),
  rateBasisPoints: z.number().int().nullable(),
});

export const InvoiceView = InvoiceSummaryView.extend({
  issuer: PartyView,
  customer: PartyView,
  lines: z.array(
    z.object({
      description: z.string(),
      quantity: z.number().int(),
      /** All included in the margin scheme, before VAT otherwise. */
      amount: MoneyView,
      tax: LineTaxView,
    }),
  ),
  /** VAT on top of the lines, by rate; empty where none is shown. */
  taxes: z.array(z.object({ rateBasisPoints: z.number().int(), base: MoneyView, tax: MoneyView })),
  notes: z.array(z.string()),
  /** Number of the invoice that a credit note corrects. */
  corrects: z
    .object({
      id: Uuid,
      number: z.string(),
      issuedAt: Instant,
      /** Kind of the correction in the Spanish tax agency's letters; always by differences. */
      rectification: z.enum(['R1', 'R5']),
    })
    .nullable(),
  /** What of the lines can still be taken back, and by which credit notes the rest was; for whoever issued it. */
  credit: z
    .object({
      left: MoneyView,
      notes: z.array(z.object({ id: Uuid, number: z.string(), total: MoneyView, issuedAt: Instant })),
    })
    .nullable(),
  locale: z.string(),
}).openapi('Invoice');
export type InvoiceView = z.infer<typeof InvoiceView>;

export const InvoiceList = pageOf(InvoiceSummaryView);
export const InvoiceListQuery = PageQuery.extend({ bookingId: Uuid.optional(), kind: InvoiceKind.optional() }).strict();
export type InvoiceListQuery = z.infer<typeof InvoiceListQuery>;

export const CreditNoteCreate = z
  .strictObject({
    /** Of the lines as they stand, VAT on top not counted (minor units); left out: all that is left. */
    amountMinor: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
    /** Stands on the credit note. */
    reason: z.string().trim().min(3).max(200),
  })
  .openapi('CreditNoteCreate');
