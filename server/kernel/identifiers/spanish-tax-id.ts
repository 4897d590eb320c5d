const DNI_LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE';
const CIF_LETTERS = 'JABCDEFGHI';
/** Kinds of entity whose control is a letter, or a digit; of the others it is either (Orden EHA/451/2008, RD 1065/2007 art. 18 ff.). */
const LETTER_ONLY = 'NPQRSW';
const DIGIT_ONLY = 'ABEH';

export type SpanishTaxIdKind = 'dni' | 'nie' | 'cif';
export type SpanishTaxIdFault = 'form' | 'check_digits';

/** As the tax agency writes it: capitals, no blanks, hyphens or dots. */
export const plainTaxId = (text: string): string => text.replaceAll(/[\s./-]/g, '').toUpperCase();

const letterOf = (number: string): string | undefined => DNI_LETTERS[Number(number) % 23];

/** Control of an entity's seven digits: odd places doubled, their digits summed. */
function cifControl(digits: string): number {
  const sum = [...digits].reduce((total, sign, at) => {
    const value = Number(sign) * (at % 2 === 0 ? 2 : 1);
    return total + Math.floor(value / 10) + (value % 10);
  }, 0);
  return (10 - (sum % 10)) % 10;
}

/** Which kind of Spanish tax id a text has the form of; its check digit is not looked at. */
export function spanishTaxIdKind(text: string): SpanishTaxIdKind | undefined {
  const id = plainTaxId(text);
  if (/^\d{8}[A-Z]$/.test(id)) return 'dni';
  if (/^[XYZ]\d{7}[A-Z]$/.test(id)) return 'nie';
  // K, L and M: people without a DNI; the rest of the letters: entities.
  if (/^[KLM]\d{7}[A-Z]$/.test(id) || /^[ABCDEFGHJNPQRSUVW]\d{7}[0-9A-J]$/.test(id)) return 'cif';
  return undefined;
}

/** Why a text is no NIF, NIE or CIF; undefined when it is one. */
export function spanishTaxIdFault(text: string): SpanishTaxIdFault | undefined {
  const id = plainTaxId(text);
  const kind = spanishTaxIdKind(id);
  if (!kind) return 'form';
  return hasRightControl(id, kind) ? undefined : 'check_digits';
}

function hasRightControl(id: string, kind: SpanishTaxIdKind): boolean {
  const control = id.slice(-1);
  if (kind === 'dni') return control === letterOf(id.slice(0, 8));
  if (kind === 'nie') return control === letterOf(`${'XYZ'.indexOf(id.charAt(0))}${id.slice(1, 8)}`);
  if ('KLM'.includes(id.charAt(0))) return control === letterOf(id.slice(1, 8));
  const expected = cifControl(id.slice(1, 8));
  const asLetter = CIF_LETTERS.charAt(expected);
  if (LETTER_ONLY.includes(id.charAt(0))) return control === asLetter;
  if (DIGIT_ONLY.includes(id.charAt(0))) return control === String(expected);
  return control === asLetter || control === String(expected);
}
