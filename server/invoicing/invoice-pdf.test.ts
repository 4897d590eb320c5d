import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { plainText, renderTaggedPdf } from '../kernel/pdf/index.ts';
import { invoiceBlocks, type PrintableInvoice } from './invoice-blocks.ts';
import { renderInvoicePdf } from './render-invoice-pdf.ts';

const brand = {
  name: 'Sol Viajes',
  settings: { primaryColor: '#b4462b' },
  legal: { companyName: 'Sol Viajes, S.A.', taxId: 'A28015865', address: 'Calle de Alcalá 1, 28014 Madrid' },
};
const invoice: PrintableInvoice = {
  full_number: 'F-2026-000001',
  kind: 'invoice',
  booking_reference: 'QK7PLM',
  corrects_number: null,
  corrects_issued_at: null,
  corrects_kind: null,
  issuer: {
    name: 'Sol Viajes, S.A.',
    taxId: 'A28015865',
    address: 'Calle de Alcalá 1',
    email: 'f@sol.test',
    agencyId: null,
  },
  customer: { name: 'Ωμέγα Łódź', taxId: null, address: null, email: 'ana@mail.test', agencyId: null },
  lines: [
    { description: 'Vuelo Madrid – Londres', quantity: 2, amountMinor: 23970, tax: { scheme: 'margin', rateBp: null } },
  ],
  notes: ['Régimen especial de las agencias de viajes.'],
  total_minor: 23970,
  currency: 'EUR',
  locale: 'es',
  issued_at: new Date('2026-11-24T12:00:00Z'),
};
const fee: PrintableInvoice = {
  ...invoice,
  kind: 'credit_note',
  full_number: 'R-2026-000001',
  corrects_number: 'F-2026-000001',
  corrects_issued_at: invoice.issued_at,
  corrects_kind: 'invoice',
  lines: [{ description: 'Service fee', quantity: 1, amountMinor: -10000, tax: { scheme: 'ordinary', rateBp: 2100 } }],
  notes: [],
  total_minor: -12100,
  locale: 'en',
};

/** Content streams of a PDF's pages, inflated, one after the other. */
function contentOf(pdf: Buffer): string {
  const text = pdf.toString('latin1');
  return [...text.matchAll(/\/Filter \/FlateDecode\n>>\nstream\n/g)]
    .map((found) => {
      const start = found.index + found[0].length;
      try {
        return inflateSync(pdf.subarray(start, text.indexOf('\nendstream', start))).toString('latin1');
      } catch {
        return '';
      }
    })
    .filter((stream) => stream.includes(' BDC'))
    .join('\n');
}

describe('the words of an invoice', () => {
  it.each([
    ['margin-scheme', invoice],
    ['credit-note', fee],
  ])('%s: are what stands in its file', async (name, printed) => {
    // Intl writes blanks that do not break, and which ones depends on its version.
    await expect(`${plainText(invoiceBlocks(printed)).replaceAll(/[\u00a0\u202f]/g, ' ')}\n`).toMatchFileSnapshot(
      `golden/${name}.txt`,
    );
  });

  it('example F: no VAT inside the margin is printed; example G: 21 % stands on top', () => {
    expect(plainText(invoiceBlocks(invoice))).not.toMatch(/IVA|6,89|[^2]39,70/);
    expect(plainText(invoiceBlocks(fee))).toContain('VAT 21%: -€21.00');
  });
});

describe('the tagged PDF', () => {
  it('has a structure tree with headings and tables whose header cells have a scope, its language and a title that is shown', async () => {
    const pdf = (await renderInvoicePdf(invoice, brand)).toString('latin1');
    expect(pdf.slice(0, 8)).toBe('%PDF-1.7');
    expect(pdf).toMatch(/\/MarkInfo/);
    expect(pdf).toMatch(/\/Marked true/);
    expect(pdf).toMatch(/\/Type \/StructTreeRoot/);
    for (const type of ['Document', 'H1', 'H2', 'P', 'Table', 'TR', 'TH', 'TD']) expect(pdf).toContain(`/S /${type}\n`);
    expect(pdf).toMatch(/\/Scope \/Column/);
    expect(pdf).toMatch(/\/Scope \/Row/);
    expect(pdf).toContain('/Lang (es-ES)');
    expect(pdf).toContain('/DisplayDocTitle true');
    // Nothing but embedded fonts.
    expect(pdf.match(/\/FontFile2/g)?.length).toBe(2);
    expect(pdf).not.toMatch(/\/Type1\b/);
  });

  it('marks everything on a page as content of the tree or as artifact', async () => {
    const content = contentOf(await renderInvoicePdf(invoice, brand));
    const opened = content.match(/ BDC| BMC/g)?.length ?? 0;
    expect(opened).toBeGreaterThan(20);
    expect(content.match(/\bEMC\b/g)?.length).toBe(opened);
    expect(content).toMatch(/\/Artifact <<\n\/Type \/Pagination/);
    // Between the marks nothing is drawn.
    const outside = content.split(/\/\w+ <<[^>]*>> BDC[\s\S]*?EMC/).join('');
    expect(outside).not.toMatch(/\bT[jJ]\b|\bre\b|\bl\n/);
  });

  it('is the same bytes each time, and breaks a long table over pages with its head on each', async () => {
    const line = invoice.lines[0]!;
    const long = { ...invoice, lines: Array.from({ length: 80 }, (_, i) => ({ ...line, description: `Line ${i}` })) };
    const [once, twice] = await Promise.all([renderInvoicePdf(fee, brand), renderInvoicePdf(fee, brand)]);
    expect(once.equals(twice)).toBe(true);
    const pdf = (await renderInvoicePdf(long, brand)).toString('latin1');
    // Three header cells on each of three pages of lines; the sum stands on the fourth.
    expect(Number(/\/Type \/Pages\n\/Count (\d+)/.exec(pdf)?.[1])).toBe(4);
    expect(pdf.match(/\/Scope \/Column/g)?.length).toBe(9);
  });

  it('reads a picture by its words', async () => {
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC',
      'base64',
    );
    const pdf = await renderTaggedPdf({
      title: 'A picture',
      language: 'en-GB',
      createdAt: invoice.issued_at,
      brand,
      logo: png,
      blocks: [{ kind: 'picture', png, alt: 'A code', size: 100, above: 'QR', below: 'below' }],
    });
    expect(pdf.toString('latin1')).toMatch(/\/S \/Figure[\s\S]*\/Alt \(A code\)/);
  });
});
