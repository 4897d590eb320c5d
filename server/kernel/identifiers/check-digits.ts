/** Checks that several identifiers share. Texts hold digits only. */

/** Σ digit × weight. */
export const weighted = (digits: string, weights: readonly number[]): number =>
  weights.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0);

/** Luhn (ISO/IEC 7812-1), check digit last. */
export function isLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, sign, at) => {
    const value = Number(sign) * (at % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** ISO 7064, MOD 11,10, check digit last. */
export function isMod1110(digits: string): boolean {
  let product = 10;
  for (const sign of digits.slice(0, -1)) {
    const sum = (Number(sign) + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === Number(digits.at(-1));
}

/** Remainder of a decimal text by 97, in steps that stay safe integers (ISO 7064, MOD 97-10). */
export function mod97(digits: string): number {
  let remainder = 0;
  for (const part of digits.match(/\d{1,7}/g) ?? []) remainder = Number(`${remainder}${part}`) % 97;
  return remainder;
}

/** Letters as 10 … 35, as ISO 13616 and the Dutch VAT id count them. */
export const lettersAsNumbers = (text: string): string => [...text].map((sign) => Number.parseInt(sign, 36)).join('');
