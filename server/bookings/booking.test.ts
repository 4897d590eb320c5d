import { describe, expect, it } from 'vitest';
import type { SupplierOffer } from '../suppliers/index.ts';
import { ageOn, awaitsPayment, canBecome, checkTravellers, daysOf, titleOf, type BookingState } from './booking.ts';

const place = (iata: string, cityName: string) => ({
  iata,
  name: `${cityName} Airport`,
  cityName,
  country: 'ES',
  timeZone: 'Europe/Madrid',
});
const slice = (from: [string, string], to: [string, string], departureLocal: string, arrivalLocal: string) => ({
  origin: place(...from),
  destination: place(...to),
  segments: [{ origin: place(...from), destination: place(...to), departureLocal, arrivalLocal }],
});
const MAD: [string, string] = ['MAD', 'Madrid'];
const JFK: [string, string] = ['JFK', 'New York'];
const ROM: [string, string] = ['FCO', 'Rome'];
const out = slice(MAD, JFK, '2027-03-01T10:00:00', '2027-03-01T13:00:00');
const back = slice(JFK, MAD, '2027-03-10T20:00:00', '2027-03-11T09:00:00');
const flight = (slices: unknown[], passengers: unknown[], documentsRequired = false) =>
  ({ product: 'flight', slices, passengers, documentsRequired }) as unknown as SupplierOffer;
const stay = (guests: unknown[]) =>
  ({
    product: 'stay',
    checkIn: '2027-03-01',
    checkOut: '2027-03-04',
    guests,
    hotel: { name: 'Hotel Sole', address: { city: 'Rome' } },
  }) as unknown as SupplierOffer;
const traveller = (over: object = {}) => ({
  type: 'adult' as const,
  givenName: 'Clara',
  familyName: 'Vidal',
  bornOn: '1988-04-12',
  ...over,
});
const codes = (offer: SupplierOffer, travellers: Array<ReturnType<typeof traveller>>) =>
  checkTravellers(offer, travellers).map((fault) => `${fault.pointer} ${fault.code}`);

describe('age', () => {
  it('counts whole years and changes on the birthday itself', () => {
    expect(ageOn('2015-03-10', '2027-03-09')).toBe(11);
    expect(ageOn('2015-03-10', '2027-03-10')).toBe(12);
    expect(ageOn('2027-03-10', '2027-03-10')).toBe(0);
    expect(ageOn('2027-03-11', '2027-03-10')).toBe(-1);
  });

  it('of someone born on 29 February changes on 1 March in common years, on 29 February in leap years', () => {
    expect(ageOn('2012-02-29', '2027-02-28')).toBe(14);
    expect(ageOn('2012-02-29', '2027-03-01')).toBe(15);
    expect(ageOn('2012-02-29', '2028-02-28')).toBe(15);
    expect(ageOn('2012-02-29', '2028-02-29')).toBe(16);
  });
});

describe('travellers', () => {
  const priced = flight([out, back], [{ type: 'adult' }, { type: 'child', age: 8 }]);
  const child = traveller({ type: 'child' as const, givenName: 'Leo', bornOn: '2018-06-01' });

  it('that fit give no fault', () => {
    expect(checkTravellers(priced, [traveller(), child])).toEqual([]);
  });

  it('must be as many and of the kinds that were priced', () => {
    expect(codes(priced, [traveller()])).toEqual(['/travellers traveller_count']);
    expect(codes(priced, [child, traveller()])).toEqual([
      '/travellers/0/type traveller_type',
      '/travellers/1/type traveller_type',
    ]);
  });

  it('have their age on the day of the last departure', () => {
    expect(codes(priced, [traveller(), { ...child, bornOn: '2018-03-10' }])).toEqual([
      '/travellers/1/bornOn age_mismatch',
    ]);
    expect(codes(priced, [traveller(), { ...child, bornOn: '2018-03-11' }])).toEqual([]);
    const overnight = flight(
      [slice(MAD, JFK, '2027-02-28T23:50:00', '2027-03-01T05:00:00')],
      [{ type: 'child', age: 14 }],
    );
    expect(codes(overnight, [{ ...child, bornOn: '2012-02-29' }])).toEqual([]);
  });

  it('priced as adults are at least 12 on a flight and 18 in a hotel', () => {
    const young = traveller({ bornOn: '2012-01-01' });
    expect(codes(flight([out], [{ type: 'adult' }]), [young])).toEqual([]);
    expect(codes(stay([{ type: 'adult' }]), [young])).toEqual(['/travellers/0/bornOn age_mismatch']);
  });

  it('cannot be born after the trip or 121 years before it', () => {
    expect(codes(flight([out], [{ type: 'adult' }]), [traveller({ bornOn: '2027-03-02' })])).toEqual([
      '/travellers/0/bornOn born_on',
    ]);
    expect(codes(flight([out], [{ type: 'adult' }]), [traveller({ bornOn: '1906-01-01' })])).toEqual([
      '/travellers/0/bornOn born_on',
    ]);
  });

  it('need a passport valid to the last day where the airline asks for it', () => {
    const strict = flight([out, back], [{ type: 'adult' }], true);
    expect(codes(strict, [traveller()])).toEqual(['/travellers/0/document document_required']);
    expect(codes(strict, [traveller({ document: { expiresOn: '2027-03-10' } })])).toEqual([
      '/travellers/0/document/expiresOn document_expired',
    ]);
    expect(codes(strict, [traveller({ document: { expiresOn: '2027-03-11' } })])).toEqual([]);
  });

  it('are different people, whatever the case of their names', () => {
    const two = flight([out], [{ type: 'adult' }, { type: 'adult' }]);
    expect(codes(two, [traveller(), traveller({ givenName: 'CLARA' })])).toEqual([
      '/travellers/1/givenName traveller_twice',
    ]);
  });

  it('are told every fault at once', () => {
    const two = flight([out], [{ type: 'adult' }, { type: 'adult' }], true);
    expect(codes(two, [traveller({ bornOn: '2026-01-01' }), traveller({ givenName: 'Eva' })])).toHaveLength(3);
  });
});

describe('a trip', () => {
  it('is called by its cities: there and back, one way, several stops, or the hotel', () => {
    expect(titleOf(flight([out, back], []))).toBe('Madrid – New York');
    expect(titleOf(flight([out], []))).toBe('Madrid – New York');
    expect(titleOf(flight([out, slice(JFK, ROM, '2027-03-05T10:00:00', '2027-03-06T08:00:00')], []))).toBe(
      'Madrid – New York – Rome',
    );
    expect(titleOf(stay([]))).toBe('Hotel Sole, Rome');
  });

  it('runs from the first local departure to the last local arrival', () => {
    expect(daysOf(flight([out, back], []))).toEqual({ startsOn: '2027-03-01', endsOn: '2027-03-11' });
    expect(daysOf(stay([]))).toEqual({ startsOn: '2027-03-01', endsOn: '2027-03-04' });
  });
});

describe('the state of a booking', () => {
  it('never leaves an end', () => {
    const states: BookingState[] = [
      'draft',
      'pending',
      'held',
      'confirmed',
      'ticketed',
      'payment_failed',
      'needs_attention',
      'cancelling',
    ];
    for (const end of ['expired', 'failed', 'cancelled', 'completed'] as const)
      for (const to of states) expect([end, to, canBecome(end, to)]).toEqual([end, to, false]);
  });

  it('lets a declined payment be tried again, and nothing confirmed be paid again', () => {
    expect(canBecome('payment_failed', 'pending')).toBe(true);
    expect((['pending', 'payment_failed'] as const).every(awaitsPayment)).toBe(true);
    expect((['confirmed', 'ticketed', 'failed', 'expired', 'cancelled'] as const).some(awaitsPayment)).toBe(false);
  });
});
