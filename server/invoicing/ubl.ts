import { currencyExponent } from '../kernel/money-exponent.ts';
import { BASIS_POINTS, formatDecimalAmount } from '../kernel/money.ts';
import { element, writeXml } from '../kernel/xml.ts';
import type { XmlElement } from '../kernel/xml.ts';
import { asVatId, countryOfTaxId } from '../tax/index.ts';
import type { LineTax, TaxScheme } from '../tax/index.ts';
import type { InvoiceLine, InvoiceParty } from './invoice.ts';
import type { InvoiceRow } from './repository.ts';
import { taxOfLine, taxTotalsOf, totalsOf } from './tax-totals.ts';
import { textsFor } from './texts.ts';

/** What the XML states; an issued invoice has this shape. */
export type ElectronicInvoice = Pick<
  InvoiceRow,
  | 'full_number'
  | 'kind'
  | 'booking_reference'
  | 'corrects_number'
  | 'corrects_issued_at'
  | 'issuer'
  | 'customer'
  | 'lines'
  | 'notes'
  | 'currency'
  | 'locale'
  | 'issued_at'
>;

const UBL = 'urn:oasis:names:specification:ubl:schema:xsd';
/** Category of VAT (UNTDID 5305) and, where there is none, why (VATEX code list). */
const CATEGORY: Readonly<Record<TaxScheme, { code: string; exemption?: string }>> = {
  margin: { code: 'E', exemption: 'VATEX-EU-D' },
  ordinary: { code: 'S' },
  reverse_charge: { code: 'AE', exemption: 'VATEX-EU-AE' },
  outside: { code: 'O', exemption: 'VATEX-EU-O' },
};
/** UNTDID 1001. */
const TYPE = { invoice: '380', simplified_invoice: '380', credit_note: '381' } as const;
/** UNECE recommendation 20: one, a piece. */
const PIECE = 'C62';

const text = (name: string, value: string) => element(`cbc:${name}`, value);
const group = (name: string, ...children: (XmlElement | undefined)[]) => element(`cac:${name}`, children);
const dayOf = (instant: Date): string => instant.toISOString().slice(0, 10);

/** Whether the invoice holds what EN 16931 demands: an issuer whose tax id names its country (BR-09, BR-CO-26, BR-E-02). */
export const isElectronic = (invoice: Pick<ElectronicInvoice, 'issuer'>): boolean =>
  countryOfTaxId(invoice.issuer.taxId) !== null;

/**
 * An invoice or credit note as UBL 2.1 after EN 16931. The customer whose country is not known is taken to be in the issuer's, where the sale
 * is taxed. What was sold is paid when it is invoiced. A credit note's amounts are positive there.
 * @throws when the invoice is not electronic (`isElectronic`)
 */
export function renderUbl(invoice: ElectronicInvoice): string {
  const isCredit = invoice.kind === 'credit_note';
  const root = isCredit ? 'CreditNote' : 'Invoice';
  const country = countryOfTaxId(invoice.issuer.taxId);
  if (!country) throw new Error(`The issuer of ${invoice.full_number} has no country`);
  const money = moneyOf(invoice.currency);
  const lines = isCredit ? invoice.lines.map((line) => ({ ...line, amountMinor: -line.amountMinor })) : invoice.lines;
  const texts = textsFor(invoice.locale);
  return writeXml(
    element(
      root,
      [
        text('CustomizationID', 'urn:cen.eu:en16931:2017'),
        text('ID', invoice.full_number),
        text('IssueDate', dayOf(invoice.issued_at)),
        text(`${root}TypeCode`, TYPE[invoice.kind]),
        invoice.notes.length > 0 ? text('Note', invoice.notes.join(' ')) : undefined,
        text('DocumentCurrencyCode', invoice.currency),
        invoice.booking_reference ? text('BuyerReference', invoice.booking_reference) : undefined,
        precedingOf(invoice),
        partyOf('AccountingSupplierParty', invoice.issuer, country),
        partyOf('AccountingCustomerParty', invoice.customer, countryOfTaxId(invoice.customer.taxId) ?? country),
        isCredit ? group('PaymentTerms', text('Note', texts.refundTerms)) : undefined,
        taxTotal(lines, money),
        monetaryTotal(lines, money, !isCredit),
        ...lines.map((line, index) => lineOf(line, index, money, isCredit)),
      ],
      {
        xmlns: `${UBL}:${root}-2`,
        'xmlns:cac': `${UBL}:CommonAggregateComponents-2`,
        'xmlns:cbc': `${UBL}:CommonBasicComponents-2`,
      },
    ),
  );
}

type MoneyElement = (name: string, amountMinor: number) => XmlElement;

const moneyOf =
  (currency: string): MoneyElement =>
  (name, amountMinor) =>
    element(`cbc:${name}`, formatDecimalAmount(amountMinor, currencyExponent(currency)), { currencyID: currency });

function precedingOf({ corrects_number: number, corrects_issued_at: issuedAt }: ElectronicInvoice) {
  if (!number || !issuedAt) return undefined;
  return group(
    'BillingReference',
    group('InvoiceDocumentReference', text('ID', number), text('IssueDate', dayOf(issuedAt))),
  );
}

function partyOf(role: string, party: InvoiceParty, country: string): XmlElement {
  const vatId = asVatId(party.taxId);
  const address = party.address ? text('StreetName', party.address) : undefined;
  return group(
    role,
    group(
      'Party',
      party.email ? element('cbc:EndpointID', party.email, { schemeID: 'EM' }) : undefined,
      group('PostalAddress', address, group('Country', text('IdentificationCode', country))),
      vatId ? group('PartyTaxScheme', text('CompanyID', vatId), vatScheme) : undefined,
      group(
        'PartyLegalEntity',
        text('RegistrationName', party.name),
        party.taxId && !vatId ? text('CompanyID', party.taxId) : undefined,
      ),
      party.email ? group('Contact', text('ElectronicMail', party.email)) : undefined,
    ),
  );
}

const vatScheme = group('TaxScheme', text('ID', 'VAT'));

/** @param name `TaxCategory` of a total, with the reason of an exemption, or `ClassifiedTaxCategory` of a line */
function categoryOf(name: 'TaxCategory' | 'ClassifiedTaxCategory', { scheme, rateBp }: LineTax): XmlElement {
  const { code, exemption } = CATEGORY[scheme];
  const isTotal = name === 'TaxCategory';
  return group(
    name,
    text('ID', code),
    scheme === 'outside' ? undefined : text('Percent', percent(rateBp ?? 0)),
    isTotal && exemption ? text('TaxExemptionReasonCode', exemption) : undefined,
    isTotal && exemption === 'VATEX-EU-D'
      ? text('TaxExemptionReason', 'Régimen especial de las agencias de viajes')
      : undefined,
    vatScheme,
  );
}

/** 2100 basis points are `21`, 2550 are `25.5`. */
const percent = (basisPoints: number): string => String((basisPoints * 100) / BASIS_POINTS);

function taxTotal(lines: readonly InvoiceLine[], money: MoneyElement): XmlElement {
  return group(
    'TaxTotal',
    money('TaxAmount', totalsOf(lines).tax),
    ...taxTotalsOf(lines).map((total) =>
      group(
        'TaxSubtotal',
        money('TaxableAmount', total.base),
        money('TaxAmount', total.tax),
        categoryOf('TaxCategory', total),
      ),
    ),
  );
}

function monetaryTotal(lines: readonly InvoiceLine[], money: MoneyElement, isPaid: boolean): XmlElement {
  const { net, total } = totalsOf(lines);
  return group(
    'LegalMonetaryTotal',
    money('LineExtensionAmount', net),
    money('TaxExclusiveAmount', net),
    money('TaxInclusiveAmount', total),
    isPaid ? money('PrepaidAmount', total) : undefined,
    money('PayableAmount', isPaid ? 0 : total),
  );
}

/** The price is that of the whole quantity, so that it needs no rounding. */
function lineOf(line: InvoiceLine, index: number, money: MoneyElement, isCredit: boolean): XmlElement {
  const quantity = (name: string) => element(`cbc:${name}`, String(line.quantity), { unitCode: PIECE });
  return group(
    isCredit ? 'CreditNoteLine' : 'InvoiceLine',
    text('ID', String(index + 1)),
    quantity(isCredit ? 'CreditedQuantity' : 'InvoicedQuantity'),
    money('LineExtensionAmount', line.amountMinor),
    group('Item', text('Name', line.description), categoryOf('ClassifiedTaxCategory', taxOfLine(line))),
    group('Price', money('PriceAmount', line.amountMinor), quantity('BaseQuantity')),
  );
}
