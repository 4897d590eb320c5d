import { z } from 'zod';
import type { Database } from '../../kernel/database/database.ts';
import { NotFound } from '../../kernel/errors.ts';
import { defineRoute, type Route } from '../../kernel/http/route.ts';
import { IdParams } from '../../kernel/http/wire.ts';
import { NifInUse, NoSpanishTaxId } from '../errors.ts';
import { changeOption, readOption, readRecordXml } from './option.ts';

const OptionView = z
  .object({
    /** The NIF of your chain of records, or the one you would begin; null: your tax id is none, and there are no records. */
    nif: z.string().nullable(),
    enabled: z.boolean(),
    /** Another program sends the records to the tax agency; Portolan itself sends nothing. */
    remits: z.boolean(),
    records: z.number().int(),
    /** Of the last record of the chain. */
    lastHash: z.string().nullable(),
  })
  .openapi('VerifactuOption');
const OptionUpdate = z.strictObject({ enabled: z.boolean(), remits: z.boolean() }).openapi('VerifactuOptionUpdate');

const shared = { tag: 'invoices', can: ['adjust', 'Invoice'] } as const;

export function verifactuRoutes({ database }: { database: Database }): Route[] {
  return [
    defineRoute(
      {
        ...shared,
        method: 'get',
        path: '/invoicing/verifactu',
        summary: 'Whether VeriFactu records are kept of the invoices you issue',
        responses: { 200: OptionView },
      },
      async ({ ctx }) => ({ status: 200, body: await readOption(ctx.sql, ctx.actor) }),
    ),
    defineRoute(
      {
        ...shared,
        method: 'put',
        path: '/invoicing/verifactu',
        summary: 'Keep VeriFactu records of the invoices to come, or stop',
        stepUp: true,
        body: OptionUpdate,
        responses: { 200: OptionView },
        problems: [NoSpanishTaxId, NifInUse],
      },
      async ({ ctx, body }) => {
        await database.withTenant(ctx.tenant, (sql) =>
          changeOption(sql, ctx.actor, body, ctx.tenant.currency, ctx.audit),
        );
        return { status: 200, body: await readOption(ctx.sql, ctx.actor) };
      },
    ),
    defineRoute(
      {
        ...shared,
        method: 'get',
        path: '/invoices/:id/verifactu',
        audit: 'read-by-staff',
        summary: 'The VeriFactu record of an invoice you issued, as XML',
        params: IdParams,
        responses: { 200: null },
        problems: [NotFound],
      },
      async ({ ctx, params }) => ({
        status: 200,
        binary: {
          contentType: 'application/xml; charset=utf-8',
          ...(await readRecordXml(ctx.sql, ctx.actor, params.id)),
        },
      }),
    ),
  ];
}
