/** ICAO Doc 9303 part 3, section 6: letters whose transliteration is not merely the base letter. Capitals; others follow. */
const SPECIAL: Readonly<Record<string, string>> = {
  Ä: 'AE',
  Å: 'AA',
  Æ: 'AE',
  Ð: 'D',
  Đ: 'D',
  Ĳ: 'IJ',
  Ł: 'L',
  Ñ: 'N',
  Ö: 'OE',
  Ø: 'OE',
  Œ: 'OE',
  ß: 'SS',
  ẞ: 'SS',
  Þ: 'TH',
  Ü: 'UE',
  Ħ: 'H',
  ı: 'I',
  İ: 'I',
  Ŋ: 'N',
  Ŧ: 'T',
  ĸ: 'Q',
  Ə: 'E',
};

/** Capital of one letter without turning ß into two. */
const capital = (letter: string): string => (letter === 'ß' || letter === 'ı' ? letter : letter.toUpperCase());

/**
 * A name in the letters A–Z with space, hyphen and apostrophe, as it stands in a passport's machine-readable zone (ICAO 9303):
 * Ñ→N, Ü→UE, ß→SS, Ø→OE, other diacritics dropped. Keeps the case of plain letters; what is no letter becomes a space.
 */
export function transliterateName(name: string): string {
  const letters = [...name.normalize('NFC')].map((letter) => {
    const special = SPECIAL[capital(letter)];
    if (special === undefined) return letter;
    return /\p{Lu}/u.test(letter) ? special.charAt(0) + special.slice(1).toLowerCase() : special.toLowerCase();
  });
  const plain = letters
    .join('')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[’‘ʼ`´]/g, "'");
  return plain
    .replace(/[^A-Za-z' -]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
