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

/** The chain an issuer uses; chains of NIFs it had before are retired. */
const ofAgency = (agencyId: string | null) =>
  q('verifactu_issuers').whereRaw('agency_id is not distinct from ?::uuid', [agencyId]).whereNull('retired_at');

export const findIssuer = (sql: TenantSql, agencyId: string | null): Promise<IssuerRow | undefined> =>
  sql.one<IssuerRow>(ofAgency(agencyId));

/** Locks the chain of an issuer that has chosen it until the transaction ends. */
export const lockIssuer = (sql: TenantSql, agencyId: string | null): Promise<IssuerRow | undefined> =>
  sql.one<IssuerRow>(ofAgency(agencyId).where({ enabled: true }).forUpdate());

/** Retires the chain of another NIF the issuer had, and begins or goes on with this one's. False where the NIF is somebody else's: take all back. */
export async function saveIssuer(sql: TenantSql, issuer: Omit<IssuerRow, 'sequence' | 'last_hash'>): Promise<boolean> {
  await sql.run(
    ofAgency(issuer.agency_id)
      .whereNot({ nif: issuer.nif })
      .update({ enabled: false, retired_at: q.fn.now(), updated_at: q.fn.now() }),
  );
  const saved = await sql.run(
    q('verifactu_issuers')
      .insert({ ...issuer, sequence: 0, last_hash: '' })
      .onConflict('nif')
      .merge({ enabled: issuer.enabled, remits: issuer.remits, retired_at: null, updated_at: q.fn.now() })
      .whereRaw('verifactu_issuers.agency_id is not distinct from excluded.agency_id'),
  );
  return saved === 1;
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
