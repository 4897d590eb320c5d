import { describe, expect, it } from 'vitest';
import { parseExchangeRate, showDecimal } from './rates.ts';

describe('a rate of exchange', () => {
  it('is read with either decimal mark and with whole groups', () => {
    expect(parseExchangeRate('4,012', 'es')).toEqual({ decimal: '4.012' });
    expect(parseExchangeRate('4.012', 'en')).toEqual({ decimal: '4.012' });
    expect(parseExchangeRate('0.006', 'es')).toEqual({ decimal: '0.006' });
    expect(parseExchangeRate('0,006125', 'en')).toEqual({ decimal: '0.006125' });
    expect(parseExchangeRate('1.234,5', 'es')).toEqual({ decimal: '1234.5' });
    expect(parseExchangeRate('1,234,567', 'en')).toEqual({ decimal: '1234567' });
  });

  it('is asked again where thousands and decimals look alike', () => {
    expect(parseExchangeRate('4.012', 'es')).toEqual({ fault: 'midAmbiguous' });
    expect(parseExchangeRate('4,012', 'en')).toEqual({ fault: 'midAmbiguous' });
  });

  it('is above zero and of at most twelve digits on either side', () => {
    for (const text of ['', '0', '0,000', '-1', 'x', '1.2.3', `0.${'1'.repeat(13)}`])
      expect(parseExchangeRate(text, 'en')).toEqual({ fault: 'midFault' });
  });

  it('stands in the field as it is then read', () => {
    expect(showDecimal('4.012', 'es')).toBe('4,012');
    expect(parseExchangeRate(showDecimal('4.012', 'es'), 'es')).toEqual({ decimal: '4.012' });
  });
});
