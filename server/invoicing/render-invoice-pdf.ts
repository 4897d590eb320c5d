import { regionalLocale } from '../kernel/money-format.ts';
import { renderTaggedPdf } from '../kernel/pdf/index.ts';
import type { PdfBlock, PdfBrand } from '../kernel/pdf/index.ts';
import { invoiceBlocks } from './invoice-blocks.ts';
import type { PrintableInvoice } from './invoice-blocks.ts';
import { textsFor } from './texts.ts';

/**
 * An invoice as tagged PDF, in its own language and a brand's dress. The same invoice gives the same bytes as long as the brand does.
 * @param dress the brand's logo (PNG), and blocks that stand after the invoice's own
 */
export function renderInvoicePdf(
  invoice: PrintableInvoice,
  brand: PdfBrand,
  dress: { logo?: Buffer | undefined; after?: readonly PdfBlock[] } = {},
): Promise<Buffer> {
  return renderTaggedPdf({
    title: `${textsFor(invoice.locale)[invoice.kind]} ${invoice.full_number}`,
    language: regionalLocale(invoice.locale),
    createdAt: invoice.issued_at,
    brand,
    logo: dress.logo,
    blocks: [...invoiceBlocks(invoice), ...(dress.after ?? [])],
  });
}
