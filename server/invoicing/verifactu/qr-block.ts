import { toBuffer } from 'qrcode';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { PdfBlock } from '../../kernel/pdf/index.ts';
import { qrUrl } from './record.ts';
import { findRecord } from './repository.ts';

/** 36 mm: between the 30 and 40 that are asked for. */
const SIZE_POINTS = 102;

/** The tax agency's code, for an invoice that has a record (Orden HAC/1177/2024 art. 20, 21); level M. */
export async function qrBlocks(sql: TenantSql, invoiceId: string, locale: string): Promise<PdfBlock[]> {
  const record = await findRecord(sql, invoiceId);
  if (!record) return [];
  const url = qrUrl(record);
  const png = await toBuffer(url, { errorCorrectionLevel: 'M', margin: 2, width: 360 });
  const alt = locale.startsWith('es') ? `Código QR tributario: ${url}` : `QR code of the tax agency: ${url}`;
  return [
    { kind: 'picture', png, alt, size: SIZE_POINTS, above: 'QR tributario:', below: record.remits ? 'VERI*FACTU' : '' },
  ];
}
