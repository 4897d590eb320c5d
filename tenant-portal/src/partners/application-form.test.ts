import { describe, expect, it } from 'vitest';
import { emptyFields, emptyForm, fieldOfPointer, writeDetails } from './application-form.ts';

describe('the application form', () => {
  it('names what is missing, not what may stay empty', () => {
    const missing = emptyFields({ ...emptyForm(), companyName: 'Alba' });
    expect(missing).toContain('iban');
    for (const field of ['companyName', 'bic', 'website', 'message', 'country']) expect(missing).not.toContain(field);
  });

  it('sends nothing as null, and a website with its scheme', () => {
    const sent = writeDetails({ ...emptyForm(), website: 'alba.test', city: 'Madrid' });
    expect(sent).toMatchObject({ bic: null, message: null, website: 'https://alba.test', address: { city: 'Madrid' } });
  });

  it('finds its field behind a pointer of the API', () => {
    expect(['/taxId', '/contact/phone', '/address/city'].map(fieldOfPointer)).toEqual(['taxId', 'phone', 'city']);
  });
});
