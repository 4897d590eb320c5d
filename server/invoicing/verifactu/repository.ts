import { q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { VerifactuRecord } from './record.ts';

export interface IssuerRow {
  nif: string;
  agency_id: string | null;
  enabled: boolean;
  remits: boolean;
  sequence: number;
  last_hash: string;
}

const ofAgency = (agencyId: string | null) =>
  q('verifactu_issuers').whereRaw('agency_id is not distinct from ?::uuid', [agencyId]);

export const findIssuer = (sql: TenantSql, agencyId: string | null): Promise<IssuerRow | undefined> =>
  sql.one<IssuerRow>(ofAgency(agencyId));

/** Locks the chain of an issuer that has chosen it until the transaction ends. */
export const lockIssuer = (sql: TenantSql, agencyId: string | null): Promise<IssuerRow | undefined> =>
  sql.one<IssuerRow>(ofAgency(agencyId).where({ enabled: true }).forUpdate());

export async function saveIssuer(sql: TenantSql, issuer: Omit<IssuerRow, 'sequence' | 'last_hash'>): Promise<void> {
  await sql.run(
    q('verifactu_issuers')
      .insert({ ...issuer, sequence: 0, last_hash: '' })
      .onConflict('nif')
      .merge({ agency_id: issuer.agency_id, enabled: issuer.enabled, remits: issuer.remits, updated_at: q.fn.now() }),
  );
}

export async function insertRecord(sql: TenantSql, record: VerifactuRecord): Promise<void> {
  await sql.run(
    q('verifactu_issuers')
      .with('written', q('verifactu_records').insert(record))
      .where({ nif: record.nif })
      .update({ sequence: record.sequence, last_hash: record.hash }),
  );
}

/** A date as text: the driver would make it an instant. */
const columns = () => ['*', q.raw("to_char(issued_on, 'YYYY-MM-DD') as issued_on")];

export const findRecord = (sql: TenantSql, invoiceId: string): Promise<VerifactuRecord | undefined> =>
  sql.one<VerifactuRecord>(q('verifactu_records').where({ invoice_id: invoiceId }).select(columns()));

export const listRecords = (sql: TenantSql, nif: string, after: number, limit: number): Promise<VerifactuRecord[]> =>
  sql.all<VerifactuRecord>(
    q('verifactu_records')
      .where({ nif })
      .where('sequence', '>', after)
      .orderBy('sequence')
      .limit(limit)
      .select(columns()),
  );

export const listIssuers = (sql: TenantSql): Promise<IssuerRow[]> =>
  sql.all<IssuerRow>(q('verifactu_issuers').orderBy('nif'));
