import { z } from 'zod';
import { Instant, PageQuery, pageOf } from '../kernel/http/wire.ts';
import { OUTCOMES } from './entry.ts';

const masked = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const AuditEntryView = z
  .object({
    id: z.number().int().describe('Number in the log, without gaps'),
    at: Instant,
    actor: z.object({
      kind: z.string(),
      id: z.string().nullable(),
      name: z.string(),
      role: z.string().nullable(),
      agencyId: z.string().nullable(),
    }),
    actingParty: z
      .object({ kind: z.string(), id: z.string().nullable(), name: z.string(), reason: z.string().nullable() })
      .nullable()
      .describe('Who really acted, where somebody acted as the actor'),
    action: z.string().describe('`PATCH /agencies/:id`, `identity.signed_in`, `cli.tenant.suspend`'),
    verb: z.string().nullable(),
    subject: z.object({ type: z.string(), id: z.string().nullable(), label: z.string().nullable() }),
    outcome: z.enum(OUTCOMES),
    status: z.number().int().nullable(),
    problem: z.string().nullable().describe('Code of the problem it was answered with'),
    changes: z.record(z.string(), z.object({ from: masked, to: masked })).nullable(),
    details: z.record(z.string(), masked).nullable(),
    origin: z.object({
      ip: z.string().nullable(),
      userAgent: z.string().nullable(),
      host: z.string().nullable(),
      brandId: z.string().nullable(),
      sessionId: z.string().nullable(),
    }),
    requestId: z.string().nullable(),
    hash: z.string().describe('SHA-256 over the hash before, the number, the time and the entry'),
  })
  .openapi('AuditEntry');

const filters = z
  .object({
    from: Instant.optional().describe('Not before this instant'),
    to: Instant.optional().describe('Before this instant'),
    actor: z.uuid().optional().describe('Who acted, or acted through another: user or API client'),
    action: z.string().min(1).max(120).optional().describe('Begins with this: `identity.`, `POST /agencies`'),
    subject: z.string().min(1).max(64).optional().describe('Id of what it was about'),
    subjectType: z.string().min(1).max(60).optional(),
    outcome: z.enum(OUTCOMES).optional(),
    requestId: z.string().min(1).max(64).optional(),
    text: z.string().trim().min(2).max(80).optional().describe('Part of the name of the actor or the subject'),
    reads: z.enum(['show', 'hide']).default('show').describe('Entries of what was only read'),
  })
  .strict();

export const AuditQuery = PageQuery.extend(filters.shape).strict();
export const AuditExportQuery = filters;
export type AuditFilters = z.infer<typeof filters>;
export const AuditPage = pageOf(AuditEntryView).openapi('AuditPage');
export const AuditParams = z.object({ id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) });
