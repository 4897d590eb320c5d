import { z } from 'zod';
import { Day, Instant, MoneyView, PageQuery, Uuid, pageOf } from '../../kernel/http/wire.ts';
import type { Upload } from '../../kernel/uploads/read-upload.ts';
import { TOP_UP_METHODS, TOP_UP_STATES } from './top-up.ts';

const Amount = z.strictObject({ amount: z.number().int().min(1), currency: z.string().length(3) });

export const TopUpCreate = z
  .discriminatedUnion('method', [
    z.strictObject({
      method: z.literal('transfer'),
      amount: Amount,
      /** Day the transfer was ordered. */
      paidOn: Day,
    }),
    z.strictObject({ method: z.literal('card'), amount: Amount }),
  ])
  .openapi('WalletTopUpCreate');
export type TopUpCreate = z.infer<typeof TopUpCreate>;

export const TopUpView = z
  .object({
    id: Uuid,
    /** To be written on the transfer. */
    reference: z.string(),
    agency: z.object({ id: Uuid, name: z.string() }),
    /** Who keeps the wallet; `id` null is the reseller. */
    parent: z.object({ id: Uuid.nullable(), name: z.string() }),
    method: z.enum(TOP_UP_METHODS),
    state: z.enum(TOP_UP_STATES),
    amount: MoneyView,
    paidOn: Day.nullable(),
    /** Why the parent refused it. */
    refusal: z.string().nullable(),
    /** Why the card was declined. */
    failureCode: z.string().nullable(),
    /** The payment provider's page, while the card is to be paid; only for who may pay. */
    actionUrl: z.string().nullable(),
    hasProof: z.boolean(),
    may: z.object({ attach: z.boolean(), withdraw: z.boolean(), decide: z.boolean() }),
    createdAt: Instant,
    decidedAt: Instant.nullable(),
  })
  .openapi('WalletTopUp');
export type TopUpView = z.infer<typeof TopUpView>;
export const TopUpList = pageOf(TopUpView);
export const TopUpQuery = PageQuery.extend({
  agencyId: Uuid.optional(),
  state: z.enum(TOP_UP_STATES).optional(),
}).strict();
export type TopUpQuery = z.infer<typeof TopUpQuery>;

export const Refusal = z
  .strictObject({ reason: z.string().trim().min(3, { error: 'say why, in at least three characters' }).max(300) })
  .openapi('WalletTopUpRefusal');

export const ProofUpload = z
  .strictObject({
    file: z
      .custom<Upload>((value) => Buffer.isBuffer((value as Upload | undefined)?.data), {
        error: 'send a PDF or a picture in the field "file"',
      })
      .openapi({ type: 'string', format: 'binary' }),
  })
  .openapi('WalletTopUpProofUpload');
