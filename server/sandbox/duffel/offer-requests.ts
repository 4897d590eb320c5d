import { expandPlace, suggestPlace } from '../../reference/index.ts';
import type { SandboxContext } from './context.ts';
import { invalid, notFound, paginate, required } from './envelope.ts';
import { randomToken } from './hash.ts';
import { currentOffers } from './offer-book.ts';
import type { OfferRequestRecord, SearchPassenger, SearchSlice } from './records.ts';
import { presentPlaceCode } from './reference-wire.ts';
import type { Reply, SandboxRequest } from './router.ts';
import type { CabinClass, OfferRequest } from './wire.ts';

const cabins: readonly CabinClass[] = ['economy', 'premium_economy', 'business', 'first'];

type Input = Record<string, unknown>;
const asList = (value: unknown): Input[] =>
  (Array.isArray(value) ? (value as unknown[]) : []).map((row) =>
    typeof row === 'object' && row !== null ? (row as Input) : {},
  );

function parseWindow(value: unknown): { from: string; to: string } | null {
  const window = value as { from?: unknown; to?: unknown } | null | undefined;
  return typeof window?.from === 'string' && typeof window.to === 'string'
    ? { from: window.from, to: window.to }
    : null;
}

function parsePlace(value: unknown, pointer: string): string {
  if (typeof value !== 'string' || value === '') throw required(pointer);
  const code = value.toUpperCase();
  if (expandPlace(code).length > 0) return code;
  const guess = suggestPlace(code);
  throw invalid(
    'validation_invalid_iata_code',
    `'${code}' is not a known IATA airport or city code${guess ? `; did you mean ${guess.code} (${guess.cityName})?` : ''}`,
    pointer,
  );
}

function parseSlices(ctx: SandboxContext, value: unknown): SearchSlice[] {
  const rows = asList(value);
  if (rows.length === 0) throw required('/slices');
  if (rows.length > 6) throw invalid('validation_length', 'At most 6 slices can be searched at once', '/slices');
  const earliest = new Date(ctx.now().getTime() - 12 * 3_600_000).toISOString().slice(0, 10);
  const latest = new Date(ctx.now().getTime() + 361 * 86_400_000).toISOString().slice(0, 10);
  return rows.map((row, at) => {
    const origin = parsePlace(row['origin'], `/slices/${at}/origin`);
    const destination = parsePlace(row['destination'], `/slices/${at}/destination`);
    if (origin === destination)
      throw invalid(
        'validation_different_places',
        "Field 'destination' must differ from 'origin'",
        `/slices/${at}/destination`,
      );
    const pointer = `/slices/${at}/departure_date`;
    const date = row['departure_date'];
    if (typeof date !== 'string' || date === '') throw required(pointer);
    if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(Date.parse(date)))
      throw invalid('validation_format', "Field 'departure_date' must be a date such as 2027-01-31", pointer);
    if (date < earliest)
      throw invalid('validation_in_future', "Field 'departure_date' must not be in the past", pointer);
    if (date > latest) throw invalid('validation_range', "Field 'departure_date' must be within 360 days", pointer);
    const previous = rows[at - 1]?.['departure_date'];
    if (typeof previous === 'string' && date < previous)
      throw invalid('validation_order', 'Slices must be in order of departure', pointer);
    return {
      origin,
      destination,
      date,
      departureTime: parseWindow(row['departure_time']),
      arrivalTime: parseWindow(row['arrival_time']),
    };
  });
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Under 2 on the lap, 2 to 11 a child, from 12 an adult fare; the stated age is kept for the check against birth dates. */
function parsePassengers(value: unknown, token: string): SearchPassenger[] {
  const rows = asList(value);
  if (rows.length === 0) throw required('/passengers');
  if (rows.length > 9)
    throw invalid('validation_length', 'At most 9 passengers can be searched at once', '/passengers');
  const passengers = rows.map((row, at): SearchPassenger => {
    const age = row['age'];
    if (age !== undefined && age !== null && (!Number.isInteger(age) || (age as number) < 0 || (age as number) > 130))
      throw invalid('validation_format', "Field 'age' must be a whole number of years", `/passengers/${at}/age`);
    const years = typeof age === 'number' ? age : null;
    const stated = row['type'];
    if (years === null && stated === undefined && row['fare_type'] === undefined)
      throw required(`/passengers/${at}/type`);
    if (stated === 'child' && years === null) throw required(`/passengers/${at}/age`);
    const type =
      stated === 'infant_without_seat' || (years !== null && years < 2)
        ? 'infant_without_seat'
        : years !== null && years < 12
          ? 'child'
          : 'adult';
    return {
      id: `pas_${token}${String(at).padStart(6, '0')}`,
      type,
      age: years,
      givenName: textOrNull(row['given_name']),
      familyName: textOrNull(row['family_name']),
    };
  });
  const count = (type: SearchPassenger['type']): number =>
    passengers.filter((passenger) => passenger.type === type).length;
  if (count('infant_without_seat') > count('adult'))
    throw invalid(
      'validation_infants',
      'There must be at least one adult for each infant without a seat',
      '/passengers',
    );
  if (count('adult') === 0 && count('child') > 0)
    throw invalid('validation_unaccompanied', 'Children must travel with an adult', '/passengers');
  return passengers;
}

function presentRequest(ctx: SandboxContext, record: OfferRequestRecord, withOffers: boolean): OfferRequest {
  return {
    id: `orq_${record.token}000000`,
    live_mode: false,
    created_at: record.createdAt,
    cabin_class: record.cabin,
    slices: record.slices.map((slice) => {
      const origin = presentPlaceCode(slice.origin);
      const destination = presentPlaceCode(slice.destination);
      return {
        origin_type: origin.type,
        origin,
        destination_type: destination.type,
        destination,
        departure_date: slice.date,
      };
    }),
    passengers: record.passengers.map((passenger) => ({
      id: passenger.id,
      type: passenger.type,
      ...(passenger.age === null ? {} : { age: passenger.age }),
      ...(passenger.givenName === null ? {} : { given_name: passenger.givenName }),
      ...(passenger.familyName === null ? {} : { family_name: passenger.familyName }),
    })),
    offers: withOffers
      ? currentOffers(ctx, record).map(({ offer }) => {
          const { available_services: _onlySingly, ...rest } = offer;
          return rest;
        })
      : [],
  };
}

export function createOfferRequest(ctx: SandboxContext, request: SandboxRequest): Reply {
  const token = randomToken(16);
  const input = request.body;
  const cabin = input['cabin_class'] ?? 'economy';
  if (!cabins.some((name) => name === cabin))
    throw invalid('validation_inclusion', `Field 'cabin_class' must be one of ${cabins.join(', ')}`, '/cabin_class');
  const connections = input['max_connections'] ?? 1;
  if (![0, 1, 2].some((count) => count === connections))
    throw invalid('validation_inclusion', "Field 'max_connections' must be 0, 1 or 2", '/max_connections');
  const record: OfferRequestRecord = {
    token,
    createdAt: ctx.now().toISOString(),
    cabin: cabin as CabinClass,
    maxConnections: connections as number,
    slices: parseSlices(ctx, input['slices']),
    passengers: parsePassengers(input['passengers'], token),
  };
  ctx.store.put('offer_requests', token, record);
  return { status: 201, data: presentRequest(ctx, record, request.query.get('return_offers') !== 'false') };
}

export function findOfferRequest(ctx: SandboxContext, id: string): OfferRequestRecord {
  const record = ctx.store.get('offer_requests', id.slice(4, 20));
  if (!record || !/^(orq|off)_/.test(id)) throw notFound(id.startsWith('off_') ? 'offer' : 'offer request');
  return record;
}

export const getOfferRequest = (ctx: SandboxContext, request: SandboxRequest): Reply => ({
  data: presentRequest(ctx, findOfferRequest(ctx, request.params['id'] ?? ''), true),
});

export function listOfferRequests(ctx: SandboxContext, request: SandboxRequest): Reply {
  const newest = ctx.store.list('offer_requests').sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  const page = paginate(newest, request.query);
  return { data: page.data.map((record) => presentRequest(ctx, record, false)), meta: page.meta };
}
