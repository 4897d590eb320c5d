import { authorize } from '../../access/index.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { NotFound } from '../../kernel/errors.ts';
import type { Actor } from '../../kernel/http/actor.ts';
import { noAudit, type AuditPen } from '../../kernel/http/audit.ts';
import { plainTaxId, spanishTaxIdFault } from '../../kernel/identifiers/spanish-tax-id.ts';
import { NifInUse, NoSpanishTaxId } from '../errors.ts';
import { readNetwork } from '../network.ts';
import { openInvoice } from '../read-invoices.ts';
import { renderRecord } from './render-record.ts';
import { findIssuer, findRecord, listRecords, saveIssuer } from './repository.ts';

export interface VerifactuOption {
  /** The actor's own NIF; null while its tax id is none. */
  nif: string | null;
  enabled: boolean;
  remits: boolean;
  records: number;
  lastHash: string | null;
}

async function nifOf(sql: TenantSql, actor: Actor): Promise<string | null> {
  const network = await readNetwork(sql, actor.agencyId === null ? [] : [actor.agencyId]);
  const plain = plainTaxId(network.partyOf(actor.agencyId).taxId ?? '');
  const nif = plain.startsWith('ES') ? plain.slice(2) : plain;
  return spanishTaxIdFault(nif) === undefined ? nif : null;
}

/** Whether the actor's own company keeps records, and how many there are. */
export async function readOption(sql: TenantSql, actor: Actor): Promise<VerifactuOption> {
  authorize(actor, 'adjust', 'Invoice', { agencyId: actor.agencyId });
  const issuer = await findIssuer(sql, actor.agencyId);
  return {
    nif: issuer?.nif ?? (await nifOf(sql, actor)),
    enabled: issuer?.enabled ?? false,
    remits: issuer?.remits ?? false,
    records: issuer?.sequence ?? 0,
    lastHash: issuer?.last_hash || null,
  };
}

/**
 * Turns records on or off for the invoices to come, under the NIF the actor's tax id is now: another than before begins a chain of its own.
 * @throws NoSpanishTaxId, NifInUse
 */
export async function changeOption(
  sql: TenantSql,
  actor: Actor,
  wanted: { enabled: boolean; remits: boolean },
  currency: string,
  audit: AuditPen = noAudit,
): Promise<void> {
  authorize(actor, 'adjust', 'Invoice', { agencyId: actor.agencyId });
  // Whoever has no NIF any more still turns records off.
  const nif = (await nifOf(sql, actor)) ?? (wanted.enabled ? null : (await findIssuer(sql, actor.agencyId))?.nif);
  if (!nif || currency !== 'EUR') throw NoSpanishTaxId();
  if (!(await saveIssuer(sql, { nif, agency_id: actor.agencyId, ...wanted }))) throw NifInUse({ nif });
  audit.note({ details: { nif, ...wanted } });
}

/** The record of an invoice as XML, for its issuer alone: it states the VAT inside the margin. @throws 404 for everybody else */
export async function readRecordXml(
  sql: TenantSql,
  actor: Actor,
  invoiceId: string,
): Promise<{ fileName: string; data: Buffer }> {
  const invoice = await openInvoice(sql, actor, invoiceId);
  const record = await findRecord(sql, invoiceId);
  if (invoice.issuer.agencyId !== actor.agencyId || !record) throw NotFound({ what: 'This record' });
  authorize(actor, 'adjust', 'Invoice', { agencyId: actor.agencyId });
  const [previous] = await listRecords(sql, record.nif, record.sequence - 2, 1);
  const xml = renderRecord(record, invoice, previous?.sequence === record.sequence ? undefined : previous);
  return { fileName: `${invoice.full_number}-verifactu.xml`, data: Buffer.from(xml) };
}
