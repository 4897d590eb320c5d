export { asVatId, countryOfTaxId } from './country-of-tax-id.ts';
export { NOTHING, marginTax, type MarginTax, type Share } from './margin-scheme.ts';
export { taxTreatmentOf, type LineTax, type Supply, type TaxScheme, type TaxTreatment } from './treatment.ts';
export { shareOutside, type TripPart } from './trip-share.ts';
export { UNION, VAT_RATES, vatRateOn, type RateCategory, type VatRate } from './vat-rate.ts';
