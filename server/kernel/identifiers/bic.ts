/** Whether a text is a BIC (ISO 9362): bank, country, place, perhaps a branch. It has no check digits. */
export const isBic = (text: string): boolean => /^[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/.test(text);
