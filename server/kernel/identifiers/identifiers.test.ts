import { describe, expect, it } from 'vitest';
import { isBic } from './bic.ts';
import { companyTaxIdFault } from './company-tax-id.ts';
import { ibanFault } from './iban.ts';
import { spanishTaxIdFault } from './spanish-tax-id.ts';
import { vatIdFault } from './vat-id.ts';

const changeDigit = (id: string): string => id.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10));

describe('a Spanish tax id', () => {
  it.each([
    '12345678Z',
    '12.345.678-z',
    'X1234567L',
    'Y1234567X',
    'Z1234567R',
    'A58818501',
    'B-58378431',
    'P2807900B',
    'Q2826000H',
    'G28029643',
  ])('%s is one', (id) => expect(spanishTaxIdFault(id)).toBeUndefined());
  it.each(['12345678A', 'X1234567A', 'A58818502', 'P28079002', 'B5837843A'])('%s has a wrong control', (id) =>
    expect(spanishTaxIdFault(id)).toBe('check_digits'),
  );
  it.each(['', '1234', '123456789Z', 'I58818501', 'ESA58818501', '<script>'])('%s has not its form', (id) =>
    expect(spanishTaxIdFault(id)).toBe('form'),
  );
});

const VAT_IDS = [
  'ATU13585627',
  'BE0428759497',
  'DE136695976',
  'DK13585628',
  'EE100931558',
  'EL094259216',
  'ESA58818501',
  'FI20774740',
  'FR40303265045',
  'HR33392005961',
  'HU12892312',
  'IE6433435F',
  'IT00743110157',
  'LU15027442',
  'MT11679112',
  'NL004495445B01',
  'PL8567346215',
  'PT501964843',
  'SE556188840401',
  'SK2022749619',
];
describe('a VAT id', () => {
  it.each([...VAT_IDS, 'IE1234567FA', 'BG175074752', 'CY10259033P', 'CZ25123891', 'RO18547290', 'XI123456789'])(
    '%s is one',
    (id) => expect(vatIdFault(id)).toBeUndefined(),
  );
  it.each(VAT_IDS.filter((id) => !/B01$|01$|F$/.test(id)))('%s with another last digit is none', (id) =>
    expect(vatIdFault(changeDigit(id))).toBe('check_digits'),
  );
  it('of an unknown country or form is none', () => {
    expect(vatIdFault('US123456789')).toBe('country');
    expect(vatIdFault('constructor')).toBe('country');
    expect(vatIdFault('DE12')).toBe('form');
  });
});

describe("a company's tax id", () => {
  it('needs no letters of its own country, and outside the Union only a form', () => {
    expect(companyTaxIdFault('ES', 'ESA58818501')).toBeUndefined();
    expect(companyTaxIdFault('GR', '094259216')).toBeUndefined();
    expect(companyTaxIdFault('DE', '136695977')).toBe('check_digits');
    expect(companyTaxIdFault('FR', 'DE136695976')).toBe('check_digits');
    expect(companyTaxIdFault('MX', 'ABC010203AB9')).toBeUndefined();
    expect(companyTaxIdFault('MX', '?')).toBe('form');
  });
});

describe('an IBAN', () => {
  it.each([
    'ES91 2100 0418 4502 0005 1332',
    'DE89370400440532013000',
    'gb82-west-1234-5698-7654-32',
    'SA0380000000608010167519',
  ])('%s is one', (iban) => expect(ibanFault(iban)).toBeUndefined());
  it('says what is wrong with it', () => {
    expect(ibanFault('ES9121000418450200051333')).toBe('check_digits');
    expect(ibanFault('ES912100041845020005133')).toBe('length');
    expect(ibanFault('ZZ9121000418450200051332')).toBe('country');
    expect(ibanFault('not an account')).toBe('form');
    expect(ibanFault('SA0380000000608010167519', { sepaOnly: true })).toBe('country');
  });
});

describe('a BIC', () => {
  it('has eight or eleven signs', () => {
    expect(['CAIXESBB', 'CAIXESBBXXX', 'DEUTDEFF500'].map(isBic)).toEqual([true, true, true]);
    expect(['CAIXESB', 'caixesbb', '1AIXESBB', 'CAIXESBBXX'].map(isBic)).toEqual([false, false, false, false]);
  });
});
