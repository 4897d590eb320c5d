import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementsAt, readXml, type ReadElement } from './testing.ts';
import { totalsOf } from './tax-totals.ts';
import { isElectronic, renderUbl, type ElectronicInvoice } from './ubl.ts';

const issuer = {
  name: 'Sol Viajes, S.A.',
  taxId: 'A28015865',
  address: 'Calle de Alcalá 1, 28014 Madrid',
  email: 'facturas@sol.test',
  agencyId: null,
};
const marginInvoice: ElectronicInvoice = {
  full_number: 'F-2026-000001',
  kind: 'invoice',
  booking_reference: 'QK7PLM',
  corrects_number: null,
  corrects_issued_at: null,
  issuer,
  customer: { name: 'Fjord & Löwe <GmbH>', taxId: 'FR40303265045', address: null, email: null, agencyId: null },
  lines: [
    { description: 'Vuelo Madrid – Londres', quantity: 2, amountMinor: 23970, tax: { scheme: 'margin', rateBp: null } },
  ],
  notes: ['Régimen especial de las agencias de viajes.'],
  currency: 'EUR',
  locale: 'es',
  issued_at: new Date('2026-11-24T12:00:00Z'),
};
const feeInvoice: ElectronicInvoice = {
  ...marginInvoice,
  full_number: 'F-2026-000002',
  lines: [{ description: 'Service fee', quantity: 1, amountMinor: 10000, tax: { scheme: 'ordinary', rateBp: 2100 } }],
  notes: [],
};
const creditNote: ElectronicInvoice = {
  ...marginInvoice,
  full_number: 'R-2026-000001',
  kind: 'credit_note',
  corrects_number: 'F-2026-000001',
  corrects_issued_at: new Date('2026-11-24T12:00:00Z'),
  lines: [{ description: 'Reembolso', quantity: 1, amountMinor: -14382, tax: { scheme: 'margin', rateBp: null } }],
};

const CODES = {
  TaxExemptionReasonCode: ['VATEX-EU-D', 'VATEX-EU-AE', 'VATEX-EU-O'],
  InvoiceTypeCode: ['380'],
  CreditNoteTypeCode: ['381'],
  CustomizationID: ['urn:cen.eu:en16931:2017'],
};

/** Rules of EN 16931 that a document breaks, by their names there. Decimals are compared as cents. */
function brokenRules(xml: string): string[] {
  const root = readXml(xml);
  const cents = (path: string, from: ReadElement = root) =>
    elementsAt(from, path).reduce((sum, { text }) => sum + Math.round(Number(text) * 100), 0);
  const texts = (path: string, from: ReadElement = root) => elementsAt(from, path).map(({ text }) => text);
  const lines = [...elementsAt(root, 'InvoiceLine'), ...elementsAt(root, 'CreditNoteLine')];
  const total = elementsAt(root, 'LegalMonetaryTotal')[0];
  const subtotals = elementsAt(root, 'TaxTotal/TaxSubtotal');
  const supplier = elementsAt(root, 'AccountingSupplierParty/Party')[0];
  const customer = elementsAt(root, 'AccountingCustomerParty/Party')[0];
  if (!total || !supplier || !customer) return ['BR-12'];
  const lineSum = lines.reduce((sum, line) => sum + cents('LineExtensionAmount', line), 0);
  const payable = cents('PayableAmount', total);
  const broken: [string, boolean][] = [
    ['BR-01', texts('CustomizationID').length !== 1],
    ['BR-02', (texts('ID')[0] ?? '') === ''],
    ['BR-06', (texts('PartyLegalEntity/RegistrationName', supplier)[0] ?? '') === ''],
    ['BR-07', (texts('PartyLegalEntity/RegistrationName', customer)[0] ?? '') === ''],
    ['BR-09', !/^[A-Z]{2}$/.test(texts('PostalAddress/Country/IdentificationCode', supplier)[0] ?? '')],
    ['BR-11', !/^[A-Z]{2}$/.test(texts('PostalAddress/Country/IdentificationCode', customer)[0] ?? '')],
    ['BR-16', lines.length === 0],
    ['BR-27', lines.some((line) => cents('Price/PriceAmount', line) < 0)],
    ['BR-CO-09', texts('PartyTaxScheme/CompanyID', supplier).some((id) => !/^[A-Z]{2}/.test(id))],
    ['BR-CO-10', cents('LineExtensionAmount', total) !== lineSum],
    ['BR-CO-13', cents('TaxExclusiveAmount', total) !== lineSum],
    ['BR-CO-14', cents('TaxTotal/TaxAmount') !== subtotals.reduce((sum, each) => sum + cents('TaxAmount', each), 0)],
    [
      'BR-CO-15',
      cents('TaxInclusiveAmount', total) !== cents('TaxExclusiveAmount', total) + cents('TaxTotal/TaxAmount'),
    ],
    ['BR-CO-16', payable !== cents('TaxInclusiveAmount', total) - cents('PrepaidAmount', total)],
    ['BR-CO-17', subtotals.some((each) => !isPercentOf(each, cents))],
    ['BR-CO-25', payable > 0 && texts('DueDate').length + texts('PaymentTerms/Note').length === 0],
    ['BR-CO-26', texts('PartyTaxScheme/CompanyID', supplier).length === 0],
    [
      'BR-55',
      elementsAt(root, 'BillingReference').some((each) => texts('InvoiceDocumentReference/ID', each)[0] === ''),
    ],
    [
      'BR-E-10',
      subtotals.some(
        (each) =>
          texts('TaxCategory/ID', each)[0] === 'E' && texts('TaxCategory/TaxExemptionReasonCode', each).length === 0,
      ),
    ],
    [
      'BR-S-05',
      lines.some(
        (line) =>
          texts('Item/ClassifiedTaxCategory/ID', line)[0] === 'S' &&
          !(Number(texts('Item/ClassifiedTaxCategory/Percent', line)[0]) > 0),
      ),
    ],
    ['BR-DEC', xml.match(/currencyID="EUR">-?\d+(?:\.\d{1,2})?</g)?.length !== xml.match(/currencyID=/g)?.length],
    ...Object.entries(CODES).map(([name, allowed]): [string, boolean] => [
      `BR-CL ${name}`,
      [...xml.matchAll(new RegExp(`<cbc:${name}>([^<]*)<`, 'g'))].some(([, code = '']) => !allowed.includes(code)),
    ]),
  ];
  return broken.filter(([, isBroken]) => isBroken).map(([name]) => name);
}

function isPercentOf(subtotal: ReadElement, cents: (path: string, from: ReadElement) => number): boolean {
  const rate = Number(elementsAt(subtotal, 'TaxCategory/Percent')[0]?.text ?? 0);
  return Math.abs(cents('TaxAmount', subtotal) - (cents('TaxableAmount', subtotal) * rate) / 100) <= 0.5;
}

describe('renderUbl', () => {
  it.each([
    ['margin-scheme', marginInvoice],
    ['ordinary', feeInvoice],
    ['credit-note', creditNote],
  ])('%s: is what stands in its file, and keeps the rules of EN 16931', async (name, invoice) => {
    const xml = renderUbl(invoice);
    expect(brokenRules(xml)).toEqual([]);
    await expect(xml).toMatchFileSnapshot(`golden/${name}.xml`);
  });

  it('example F: a margin invoice states category E, VATEX-EU-D, no rate and no VAT', () => {
    const root = readXml(renderUbl(marginInvoice));
    const category = elementsAt(root, 'TaxTotal/TaxSubtotal/TaxCategory')[0];
    expect(category?.children.map(({ text }) => text).slice(0, 3)).toEqual(['E', '0', 'VATEX-EU-D']);
    expect(elementsAt(root, 'TaxTotal/TaxAmount')[0]?.text).toBe('0.00');
    expect(renderUbl(marginInvoice)).not.toMatch(/>(6.89|32.81|39.70)</);
  });

  it('example G: 100.00 before VAT and 21.00 of it come to 121.00', () => {
    expect(totalsOf(feeInvoice.lines)).toEqual({ net: 10000, tax: 2100, total: 12100 });
    const root = readXml(renderUbl(feeInvoice));
    const amounts = ['TaxExclusiveAmount', 'TaxInclusiveAmount', 'PrepaidAmount', 'PayableAmount'];
    expect(amounts.map((name) => elementsAt(root, `LegalMonetaryTotal/${name}`)[0]?.text)).toEqual([
      '100.00',
      '121.00',
      '121.00',
      '0.00',
    ]);
  });

  it('a rule that is broken is noticed', () => {
    const xml = renderUbl(feeInvoice);
    expect(brokenRules(xml.replace('">0.00</cbc:PayableAmount', '">0.10</cbc:PayableAmount'))).toEqual([
      'BR-CO-16',
      'BR-CO-25',
    ]);
    expect(brokenRules(renderUbl(marginInvoice).replace('VATEX-EU-D', 'VATEX-EU-Z'))).toEqual([
      'BR-CL TaxExemptionReasonCode',
    ]);
  });

  it('keeps the rules for whatever lines and words', () => {
    const tax = fc.constantFrom(
      { scheme: 'margin', rateBp: null } as const,
      { scheme: 'ordinary', rateBp: 2100 } as const,
      { scheme: 'ordinary', rateBp: 2550 } as const,
    );
    const line = fc.record({
      description: fc.string({ minLength: 1, unit: 'binary' }),
      quantity: fc.integer({ min: 1, max: 9 }),
      amountMinor: fc.integer({ min: 0, max: 9_000_000 }),
      tax,
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), fc.string({ minLength: 1 }), (lines, name) => {
        const xml = renderUbl({ ...marginInvoice, lines, customer: { ...marginInvoice.customer, name: `N${name}` } });
        expect(brokenRules(xml)).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('is not offered where the issuer has no tax id that names a country', () => {
    expect(isElectronic(marginInvoice)).toBe(true);
    expect(isElectronic({ issuer: { ...issuer, taxId: null } })).toBe(false);
  });
});
