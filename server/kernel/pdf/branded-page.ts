import type { Brand } from '../http/context.ts';
import type { PdfContent, PdfDocument, PdfNode } from './render-pdf.ts';

/** What a document needs of a brand. */
export type PdfBrand = Pick<Brand, 'name' | 'settings' | 'legal'>;

const HEX = /^#[0-9a-f]{6}$/i;
const DEFAULT_COLOUR = '#1f3a5f';
const MARGIN = 48;
const PAGE_WIDTH = 595.28;

/** The brand's first colour for rules and bands. Never for text: a brand may have chosen a pale one. */
export function brandColour(brand: PdfBrand): string {
  const colour = brand.settings.primaryColor ?? '';
  return HEX.test(colour) ? colour : DEFAULT_COLOUR;
}

/** A thin rule across the page, or across `width` points. */
export function rule(colour: string, width = PAGE_WIDTH - 2 * MARGIN): PdfNode {
  return {
    canvas: [{ type: 'line', x1: 0, y1: 0, x2: width, y2: 0, lineWidth: 0.7, lineColor: colour }],
    margin: [0, 6, 0, 6],
  };
}

/** Who stands behind the brand, on one line: company, tax id, address, licence, contact. */
export function legalLine(brand: PdfBrand): string {
  const { companyName, taxId, address, licence, email, phone } = brand.legal;
  return [companyName ?? brand.name, taxId, address, licence, email, phone].filter(Boolean).join(' · ');
}

/**
 * A document in a brand's dress: its colour and name on top of every page, its legal line and the page number at the foot.
 * @param content pdfmake content; styles `title`, `heading`, `muted`, `strong`, `cell` and `total` are at hand
 */
export function brandedPage(page: {
  title: string;
  language: string;
  createdAt: Date;
  brand: PdfBrand;
  content: PdfContent;
}): PdfDocument {
  const { title, language, createdAt, brand, content } = page;
  const colour = brandColour(brand);
  return {
    title,
    author: brand.legal.companyName ?? brand.name,
    language,
    createdAt,
    pageMargins: [MARGIN, 84, MARGIN, 72],
    header: {
      stack: [
        { canvas: [{ type: 'rect', x: 0, y: 0, w: PAGE_WIDTH, h: 10, color: colour }] },
        { text: brand.name, fontSize: 15, bold: true, margin: [MARGIN, 20, MARGIN, 0] },
      ],
    },
    footer: (current, pages) => ({
      stack: [
        {
          canvas: [
            { type: 'line', x1: 0, y1: 0, x2: PAGE_WIDTH - 2 * MARGIN, y2: 0, lineWidth: 0.7, lineColor: colour },
          ],
        },
        {
          columns: [
            { text: legalLine(brand), width: '*' },
            { text: `${current} / ${pages}`, width: 50, alignment: 'right' },
          ],
          fontSize: 8,
          color: '#4a5565',
          margin: [0, 6, 0, 0],
        },
      ],
      margin: [MARGIN, 16, MARGIN, 0],
    }),
    styles: {
      title: { fontSize: 20, bold: true, margin: [0, 0, 0, 4] },
      heading: { fontSize: 11, bold: true, margin: [0, 10, 0, 3] },
      muted: { color: '#4a5565', fontSize: 9 },
      strong: { bold: true },
      cell: { margin: [0, 4, 0, 4] },
      total: { fontSize: 13, bold: true, margin: [0, 6, 0, 6] },
    },
    content,
  };
}
