import { describe, expect, it } from 'vitest';
import { toOrderPassengers, toWireName } from './duffel/from-travellers.ts';
import { daysBetween, localDay, toInstant } from './local-time.ts';
import { timeZoneAt } from './time-zone-at.ts';
import { transliterateName } from './transliterate.ts';

describe('names as in a passport (ICAO 9303)', () => {
  it.each([
    ['Núñez-Müller', 'Nunez-Mueller'],
    ['JOSÉ ÑANDÚ', 'JOSE NANDU'],
    ['Straße', 'Strasse'],
    ['Øystein Åberg', 'Oeystein Aaberg'],
    ['Łukasz Żółć', 'Lukasz Zolc'],
    ['Þórður Æsa', 'Thordur Aesa'],
    ['O’Brien', "O'Brien"],
    ['İsmail Işık', 'Ismail Isik'],
  ])('%s becomes %s', (given, expected) => {
    expect(transliterateName(given)).toBe(expected);
  });

  it('cuts at twenty letters, at the end of a word where it can', () => {
    expect(toWireName('Maximiliana Alejandra Victoria')).toBe('Maximiliana');
    expect(toWireName('Maximilianaalejandravictoria')).toBe('Maximilianaalejandra');
  });
});

describe('travellers of an order', () => {
  const person = (type: 'adult' | 'infant_without_seat', givenName = 'Ana') => ({
    type,
    title: 'ms' as const,
    gender: 'f' as const,
    givenName,
    familyName: 'Gil',
    bornOn: '1990-01-01',
  });
  const contact = { email: 'a@example.test', phone: '+34600000001' };

  it('gives each infant an adult of its own', () => {
    const types = ['adult', 'infant_without_seat', 'adult', 'infant_without_seat'] as const;
    const offer = {
      documentsAccepted: true,
      passengers: types.map((type, at) => ({ type, supplierPassengerId: `p${at}` })),
    };
    const wire = toOrderPassengers(
      offer,
      types.map((type) => person(type)),
      contact,
    );
    expect(wire.map((passenger) => passenger.infant_passenger_id)).toEqual(['p1', undefined, 'p3', undefined]);
  });

  it('writes FNU for a person without a given name', () => {
    expect(
      toOrderPassengers(
        { documentsAccepted: false, passengers: [{ type: 'adult', supplierPassengerId: 'p' }] },
        [person('adult', ' ')],
        contact,
      )[0],
    ).toMatchObject({ given_name: 'FNU', family_name: 'Gil' });
  });
});

describe('local times', () => {
  it.each([
    ['2026-12-01T22:55:00', 'Asia/Tokyo', '2026-12-01T13:55:00.000Z'],
    ['2026-12-01T15:50:00', 'America/Los_Angeles', '2026-12-01T23:50:00.000Z'],
    ['2026-07-01T12:00:00', 'Europe/Madrid', '2026-07-01T10:00:00.000Z'],
    ['2026-10-31T22:00:00', 'America/New_York', '2026-11-01T02:00:00.000Z'],
  ])('%s in %s is %s', (local, zone, instant) => {
    expect(toInstant(local, zone)).toBe(instant);
  });

  it('knows the day at a place and the days between two', () => {
    expect(localDay(new Date('2026-11-23T23:30:00Z'), 'Europe/Madrid')).toBe('2026-11-24');
    expect(localDay(new Date('2026-11-23T03:00:00Z'), 'America/Los_Angeles')).toBe('2026-11-22');
    expect(daysBetween('2026-03-28', '2026-03-30')).toBe(2);
  });

  it('tells the zone of a hotel by its place', () => {
    expect(timeZoneAt(41.9, 12.49)).toBe('Europe/Rome');
    expect(timeZoneAt(40.75, -73.99)).toBe('America/New_York');
  });
});
