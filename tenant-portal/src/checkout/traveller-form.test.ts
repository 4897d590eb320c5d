import { describe, expect, it } from 'vitest';
import {
  emptyContact,
  emptyTraveller,
  fieldOfPointer,
  findBirthFault,
  findFaults,
  writeContact,
  writeTravellers,
} from './traveller-form.ts';
import type { FlightOffer, Quote } from '../api/types.ts';
import type { TravellerForm } from './traveller-form.ts';

const leg = (departureLocal: string, arrivalLocal: string) => ({ segments: [{ departureLocal, arrivalLocal }] });
const quote = (part: Partial<Quote> = {}): Quote => ({
  id: 'q1',
  product: 'flight',
  total: { amount: 41890, currency: 'EUR' },
  previousTotal: null,
  offer: {
    product: 'flight',
    slices: [leg('2026-12-01T10:00', '2026-12-01T13:00'), leg('2026-12-05T18:00', '2026-12-06T07:00')],
  } as unknown as FlightOffer,
  travellers: [{ type: 'adult' }],
  documentsRequired: false,
  expiresAt: '2026-11-23T13:00:00Z',
  ...part,
});
const lucia: TravellerForm = {
  ...emptyTraveller(),
  title: 'ms',
  gender: 'f',
  givenName: 'Lucía',
  familyName: 'Núñez-Müller',
  bornOn: '1990-03-04',
};
const contact = { givenName: 'Lucía', familyName: 'Núñez', email: 'lucia@example.test', phone: '+34 600 000 001' };
const faultsOf = (travellers: TravellerForm[], part: Partial<Quote> = {}) =>
  findFaults(travellers, contact, quote(part), '2026-11-23', (day) => day);

describe('travellers of a booking', () => {
  it('accepts names with diacritics, hyphens and apostrophes', () => {
    expect(faultsOf([lucia])).toEqual({});
    expect(faultsOf([{ ...lucia, givenName: "D'Arcy Ann" }])).toEqual({});
  });

  it('refuses names that no passport line can hold', () => {
    expect(faultsOf([{ ...lucia, familyName: 'Иванов' }])['travellers.0.familyName']).toEqual({ key: 'form.latin' });
    expect(faultsOf([{ ...lucia, givenName: '  ' }])['travellers.0.givenName']).toEqual({ key: 'form.required' });
  });

  it('counts the age on the day of the last flight', () => {
    const infant = { type: 'infant_without_seat', age: 1 } as const;
    expect(findBirthFault('2024-12-05', infant, quote(), '2026-11-23', (day) => day)).toEqual({
      key: 'form.notInfant',
      values: { age: 2, day: '2026-12-05' },
    });
    expect(findBirthFault('2024-12-06', infant, quote(), '2026-11-23', (day) => day)).toBeUndefined();
  });

  it('names both ages when a child is not as old as the price assumes', () => {
    expect(
      faultsOf([{ ...lucia, bornOn: '2014-12-03' }], { travellers: [{ type: 'child', age: 11 }] })[
        'travellers.0.bornOn'
      ],
    ).toEqual({ key: 'form.wrongAge', values: { age: 12, day: '2026-12-05', expected: 11 } });
  });

  it('refuses a minor priced as an adult and a birth still to come', () => {
    expect(faultsOf([{ ...lucia, bornOn: '2010-01-01' }])['travellers.0.bornOn']?.key).toBe('form.notAdult');
    expect(faultsOf([{ ...lucia, bornOn: '2026-11-24' }])['travellers.0.bornOn']).toEqual({ key: 'form.futureBirth' });
  });

  it('asks for a passport valid until the return, only where one is required', () => {
    const passport = { ...lucia, passportNumber: 'PAA123456', passportCountry: 'es', passportExpires: '2026-12-05' };
    expect(faultsOf([passport], { documentsRequired: true })['travellers.0.passportExpires']).toEqual({
      key: 'form.passportExpired',
      values: { day: '2026-12-06' },
    });
    expect(writeTravellers([passport], quote({ documentsRequired: true }))[0]?.document).toEqual({
      type: 'passport',
      number: 'PAA123456',
      issuingCountry: 'ES',
      expiresOn: '2026-12-05',
    });
    expect(writeTravellers([passport], quote())[0]?.document).toBeUndefined();
  });

  it('points at a traveller entered twice', () => {
    const faults = faultsOf([lucia, { ...lucia, givenName: 'LUCÍA' }], {
      travellers: [{ type: 'adult' }, { type: 'adult' }],
    });
    expect(faults['travellers.1.familyName']).toEqual({ key: 'form.duplicate', values: { number: 1 } });
  });
});

describe('the contact', () => {
  it('takes a phone as people write it and sends it as E.164', () => {
    expect(writeContact({ ...contact, phone: '0034 (600) 000-001' }).phone).toBe('+34600000001');
    expect(
      findFaults([lucia], { ...emptyContact(), ...contact, phone: '600000001' }, quote(), '2026-11-23', String)[
        'contact.phone'
      ],
    ).toEqual({ key: 'form.phone' });
  });
});

it('finds the field a refusal of the API points at', () => {
  expect(fieldOfPointer('/travellers/1/document/expiresOn')).toBe('travellers.1.passportExpires');
  expect(fieldOfPointer('/contact/email')).toBe('contact.email');
  expect(fieldOfPointer('/items/0')).toBe('items.0');
});
