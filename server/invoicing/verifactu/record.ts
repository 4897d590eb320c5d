import { formatDecimalAmount } from '../../kernel/money.ts';
import { rectificationOf } from '../invoice.ts';
import type { InvoiceRow } from '../repository.ts';
import { huellaOfAlta } from './huella.ts';

/** A record as it is stored; amounts in cents of a euro. */
export interface VerifactuRecord {
  id: string;
  nif: string;
  sequence: number;
  invoice_id: string;
  number: string;
  /** ISO date. */
  issued_on: string;
  type: 'F1' | 'F2' | 'R1' | 'R5';
  base_minor: number;
  exempt_minor: number;
  tax_minor: number;
  total_minor: number;
  rate_bp: number;
  generated_at: string;
  remits: boolean;
  previous_hash: string;
  hash: string;
}

export type HashedRecord = Omit<VerifactuRecord, 'hash'>;

export const euros = (cents: number): string => formatDecimalAmount(cents, 2);
/** 2026-11-24 is written 24-11-2026. */
export const spanishDay = (isoDate: string): string => isoDate.split('-').reverse().join('-');

export const hashOf = (record: HashedRecord): string =>
  huellaOfAlta({
    nif: record.nif,
    number: record.number,
    issuedOn: spanishDay(record.issued_on),
    type: record.type,
    taxTotal: euros(record.tax_minor),
    total: euros(record.total_minor),
    previousHash: record.previous_hash,
    generatedAt: record.generated_at,
  });

/** F1 invoice, F2 simplified, R1 and R5 their corrections. */
export function typeOf({ kind, corrects_kind }: Pick<InvoiceRow, 'kind' | 'corrects_kind'>): VerifactuRecord['type'] {
  if (kind === 'credit_note') return rectificationOf(corrects_kind ?? 'invoice');
  return kind === 'simplified_invoice' ? 'F2' : 'F1';
}

/**
 * True for a record of an invoice that must say who it is for, where the customer gave no tax id: the tax agency's schema wants a NIF or
 * another identification in `IDDestinatario`, and refuses the record without one.
 */
export const lacksRecipientId = (type: VerifactuRecord['type'], { taxId }: { taxId: string | null }): boolean =>
  (type === 'F1' || type === 'R1') && !taxId;

/** An instant as Madrid's clocks show it, with their offset: `2026-11-24T13:00:00+01:00`. */
export function madridTime(instant: Date): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/Madrid',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  }).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
  const offset = part('timeZoneName').replace('GMT', '') || '+00:00';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}${offset}`;
}

/** First record whose hash, order or link is not what it was when it was written, by its sequence; undefined when all hold. */
export function brokenLink(
  records: readonly VerifactuRecord[],
  after: { sequence: number; hash: string },
): number | undefined {
  let previous = after;
  for (const record of records) {
    const follows = record.sequence === previous.sequence + 1 && record.previous_hash === previous.hash;
    if (!follows || hashOf(record) !== record.hash) return previous.sequence + 1;
    previous = record;
  }
  return undefined;
}

/**
 * What the code on the document opens at the tax agency. Records that are remitted to it are looked up; those that only stand here are of
 * the other kind ("no verificable").
 */
export function qrUrl(
  record: Pick<VerifactuRecord, 'nif' | 'number' | 'issued_on' | 'total_minor' | 'remits'>,
): string {
  const page = record.remits ? 'ValidarQR' : 'ValidarQRNoVerifactu';
  const fields = new URLSearchParams({
    nif: record.nif,
    numserie: record.number,
    fecha: spanishDay(record.issued_on),
    importe: euros(record.total_minor),
  });
  return `https://www2.agenciatributaria.gob.es/wlpl/TIKE-CONT/${page}?${fields.toString()}`;
}
