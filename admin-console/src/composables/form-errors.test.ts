import { describe, expect, it } from 'vitest';
import { faultsByField, fieldOfPointer } from './form-errors.ts';

const problem = (...faults: [string, string][]) => ({
  status: 422,
  code: 'validation',
  errors: faults.map(([pointer, detail]) => ({ pointer, code: 'invalid', detail })),
});

describe('faults of the API at the fields of a form', () => {
  it('reads JSON pointers with their escapes', () => {
    expect(fieldOfPointer('/legal/companyName')).toBe('legal.companyName');
    expect(fieldOfPointer('/settings/a~1b~0c')).toBe('settings.a/b~c');
  });

  it('puts a fault at its field, and a fault inside a field at that field', () => {
    const { byField, rest } = faultsByField(problem(['/name', 'Too short'], ['/match/carrier/0', 'Two characters']), [
      'name',
      'match',
    ]);
    expect(byField).toEqual({ name: 'Too short', match: 'Two characters' });
    expect(rest).toEqual([]);
  });

  it('says nothing twice: the label names the field already', () => {
    expect(faultsByField(problem(['/email', 'email: must be an address']), ['email']).byField).toEqual({
      email: 'Must be an address',
    });
  });

  it('leaves an address at the beginning as it was written', () => {
    const { byField } = faultsByField(problem(['/redirectUris/0', 'http://a.test/ must begin with https://.']), [
      'redirectUris',
    ]);
    expect(byField).toEqual({ redirectUris: 'http://a.test/ must begin with https://.' });
  });

  it('prefers the most exact field', () => {
    const { byField } = faultsByField(problem(['/settings/primaryColor', 'Contrast']), [
      'settings',
      'settings.primaryColor',
    ]);
    expect(byField).toEqual({ 'settings.primaryColor': 'Contrast' });
  });

  it('knows fields that the form calls otherwise', () => {
    const { byField } = faultsByField(problem(['/amount/amount', 'Not zero']), ['amount', 'reason'], {
      'amount.amount': 'amount',
    });
    expect(byField).toEqual({ amount: 'Not zero' });
  });

  it('keeps the first of two faults, and what fits no field for the whole form', () => {
    const { byField, rest } = faultsByField(
      problem(['/name', 'First'], ['/name', 'Second'], ['?cursor', 'old page'], ['/other', 'odd']),
      ['name'],
    );
    expect(byField).toEqual({ name: 'First' });
    expect(rest).toEqual(['old page', 'odd']);
  });
});
