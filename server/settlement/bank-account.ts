import { ibanFault as faultAnywhere, type IbanFault } from '../kernel/identifiers/iban.ts';

export { isBic } from '../kernel/identifiers/bic.ts';
export { electronicIban, ibanHint } from '../kernel/identifiers/iban.ts';

/** Why a text is no IBAN of the SEPA area, where payouts can go; undefined when it is one. */
export const ibanFault = (text: string): IbanFault | undefined => faultAnywhere(text, { sepaOnly: true });
