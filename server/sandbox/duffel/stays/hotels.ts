import { cities, countryByCode } from '../../../reference/index.ts';
import { normaliseText } from '../../../reference/index.ts';
import type { CityRecord } from '../../../reference/index.ts';
import { distanceKm } from '../geo.ts';
import { between, derivedToken, pick, unit } from '../hash.ts';
import type { StaysAccommodation } from '../wire.ts';
import { foreignPrices, localCharges, priceLevels, publicPrices, vocabularyOf } from './hotel-words.ts';

type Amenity = NonNullable<StaysAccommodation['amenities']>[number];

/** What a test hotel does when it is quoted or booked. */
export type StayScenario = 'gone_at_quote' | 'gone_at_booking' | 'dearer_at_quote';

export interface Hotel {
  id: string;
  cityCode: string;
  name: string;
  address: { line_one: string; city_name: string; postal_code: string; country_code: string };
  latitude: number;
  longitude: number;
  timeZone: string;
  currency: string;
  /** Currency its rates come in: the account's, or the country's where the hotel insists on it. */
  sellsIn: string;
  /** Percent of the cheapest rate's price that the hotel asks of the public; null where it does not say. */
  publicPercent: number | null;
  /** Hundredths of its one rate, whatever the dates and guests; null: prices follow season and demand. */
  exactPrice: number | null;
  stars: number;
  reviewScore: number;
  reviewCount: number;
  amenities: Amenity[];
  checkIn: string;
  checkOut: string;
  chain: string | null;
  phone: string;
  email: string;
  /** Cents a night for a standard double before season and demand. */
  nightlyCents: number;
  charge: { title: string; amount: number; per: 'adult' | 'room' } | null;
  description: string;
  scenario: StayScenario | null;
}

const chains = ['Portico Collection', 'Almenara Hotels', 'Lantern & Co', 'Meridian Rooms'];
const allAmenities: readonly Amenity[] = [
  { type: 'wifi', description: 'Free Wi-Fi' },
  { type: '24_hour_front_desk', description: '24-hour front desk' },
  { type: 'restaurant', description: 'Restaurant' },
  { type: 'gym', description: 'Gym' },
  { type: 'pool', description: 'Swimming pool' },
  { type: 'spa', description: 'Spa' },
  { type: 'parking', description: 'Parking' },
  { type: 'room_service', description: 'Room service' },
  { type: 'lounge', description: 'Lounge bar' },
  { type: 'pets_allowed', description: 'Pets allowed' },
  { type: 'business_centre', description: 'Business centre' },
  { type: 'accessibility_mobility', description: 'Step-free access' },
  { type: 'laundry', description: 'Laundry' },
  { type: 'concierge', description: 'Concierge' },
];

function nameOf(seed: string, city: CityRecord, at: number): string {
  const words = vocabularyOf(city.country);
  const offset = between(0, words.names.length - 1, seed, 'names', city.code);
  const name = words.names[(offset + at) % words.names.length] ?? '';
  return pick(words.patterns, seed, 'pattern', city.code, at).replace('{n}', name);
}

function amenitiesOf(seed: string, key: string, stars: number): Amenity[] {
  return allAmenities.filter(
    (amenity, at) => at === 0 || unit(seed, 'amenity', key, amenity.type) < 0.12 + stars * 0.13,
  );
}

/** Invented hotels of a city, scattered within six kilometres of its centre, better ones nearer. */
function hotelsOfCity(seed: string, city: CityRecord): Hotel[] {
  const words = vocabularyOf(city.country);
  const country = countryByCode(city.country);
  return Array.from({ length: between(10, 15, seed, 'hotels', city.code) }, (_, at): Hotel => {
    const key = `${city.code}${at}`;
    const draw = (low: number, high: number, what: string): number => between(low, high, seed, what, key);
    const stars = [3, 4, 2, 4, 3, 5, 3, 4, 1, 4, 3, 5, 3, 2, 4][at] ?? 3;
    const km = 0.25 + unit(seed, 'distance', key) ** 1.6 * (stars >= 4 ? 3.2 : 5.6);
    const angle = unit(seed, 'angle', key) * 2 * Math.PI;
    const name = nameOf(seed, city, at);
    const slug = normaliseText(name).replaceAll(' ', '-');
    const level = priceLevels[city.country] ?? 100;
    return {
      id: `acc_${derivedToken(22, seed, 'hotel', key)}`,
      cityCode: city.code,
      name,
      address: {
        line_one: words.streetPattern
          .replace('{s}', pick(words.streets, seed, 'street', key))
          .replace('{n}', String(draw(1, 148, 'number'))),
        city_name: city.name,
        postal_code: String(draw(10_000, 59_999, 'postal')),
        country_code: city.country,
      },
      latitude: Math.round((city.latitude + (km / 111.32) * Math.sin(angle)) * 1e5) / 1e5,
      longitude:
        Math.round(
          (city.longitude + (km / (111.32 * Math.cos((city.latitude * Math.PI) / 180))) * Math.cos(angle)) * 1e5,
        ) / 1e5,
      timeZone: city.timeZone,
      currency: country?.currency ?? 'EUR',
      sellsIn: foreignPrices[city.code] ?? 'EUR',
      publicPercent: publicPrices.has(city.code) && at % 3 === 0 ? 130 : null,
      exactPrice: null,
      stars,
      reviewScore: Math.round((6.4 + stars * 0.38 + unit(seed, 'score', key) * 1.6) * 10) / 10,
      reviewCount: draw(38, 2400, 'reviews'),
      amenities: amenitiesOf(seed, key, stars),
      checkIn: stars >= 4 ? '15:00' : '14:00',
      checkOut: draw(0, 1, 'check-out') === 1 ? '12:00' : '11:00',
      chain: unit(seed, 'chain', key) < 0.3 ? pick(chains, seed, 'which-chain', key) : null,
      phone: `+${country?.phone[0] ?? '1'}55501${String(draw(10_000, 99_999, 'phone'))}`,
      email: `stay@${slug}.example`,
      nightlyCents: Math.round(
        ([3_600, 4_700, 6_200, 8_900, 13_800, 24_500][stars] ?? 8_000) *
          (level / 100) *
          (0.84 + unit(seed, 'level', key) * 0.4),
      ),
      charge: localCharges[city.code] ?? null,
      description: `${stars}-star hotel ${km < 1.2 ? 'in the centre' : `${km.toFixed(1)} km from the centre`} of ${city.name}. Invented for the sandbox: this property does not exist.`,
      scenario: null,
    };
  });
}

/** Hotels for tests in the empty Pacific, where Duffel keeps its own. */
function testHotels(seed: string): Hotel[] {
  const plain = { scenario: null, sellsIn: 'EUR', publicPercent: null, exactPrice: null };
  const rows: readonly Pick<Hotel, 'name' | keyof typeof plain>[] = [
    { ...plain, name: 'Successful Booking with Balance' },
    { ...plain, name: 'Rate Unavailable at Quote', scenario: 'gone_at_quote' },
    { ...plain, name: 'Rate Unavailable at Booking', scenario: 'gone_at_booking' },
    { ...plain, name: 'Price Rises at Quote', scenario: 'dearer_at_quote' },
    { ...plain, name: 'Sold in Yen', sellsIn: 'JPY', exactPrice: 4_500_000 },
    { ...plain, name: 'Suggested to the Public', publicPercent: 120, exactPrice: 20_000 },
  ];
  return rows.map((row, at) => ({
    id: `acc_${derivedToken(22, seed, 'test-hotel', at)}`,
    cityCode: 'TEST',
    ...row,
    address: { line_one: `${at + 1} Sandbox Street`, city_name: 'Sandbox', postal_code: '00000', country_code: 'GB' },
    latitude: -24.38,
    longitude: -128.32,
    timeZone: 'Pacific/Pitcairn',
    currency: 'USD',
    stars: 4,
    reviewScore: 8.4,
    reviewCount: 120,
    amenities: [allAmenities[0] as Amenity],
    checkIn: '15:00',
    checkOut: '11:00',
    chain: null,
    phone: '+15550100000',
    email: 'stay@sandbox.example',
    nightlyCents: 10_000,
    charge: { title: 'Resort fee', amount: 1500, per: 'room' },
    description: 'A sandbox hotel that plays one scenario.',
  }));
}

export interface HotelBook {
  byId(id: string): Hotel | undefined;
  /** Nearest first. */
  near(latitude: number, longitude: number, radiusKm: number): Hotel[];
  all(): readonly Hotel[];
}

const books = new Map<string, HotelBook>();

/** All hotels of a seed; worked out once. */
export function hotelBook(seed: string): HotelBook {
  const kept = books.get(seed);
  if (kept) return kept;
  const hotels = [
    ...cities()
      .filter((city) => city.hasStays)
      .flatMap((city) => hotelsOfCity(seed, city)),
    ...testHotels(seed),
  ];
  const index = new Map(hotels.map((hotel) => [hotel.id, hotel]));
  const book: HotelBook = {
    byId: (id) => index.get(id),
    near: (latitude, longitude, radiusKm) =>
      hotels
        .map((hotel) => ({ hotel, km: distanceKm(hotel, { latitude, longitude }) }))
        .filter(({ km }) => km <= radiusKm)
        .sort((a, b) => a.km - b.km)
        .map(({ hotel }) => hotel),
    all: () => hotels,
  };
  books.set(seed, book);
  return book;
}

export const photoCount = 6;

/** The property as the wire shows it, without rooms. */
export function presentHotel(baseUrl: string, hotel: Hotel): StaysAccommodation {
  return {
    id: hotel.id,
    name: hotel.name,
    description: hotel.description,
    location: {
      address: hotel.address,
      geographic_coordinates: { latitude: hotel.latitude, longitude: hotel.longitude },
    },
    rating: hotel.stars,
    ratings: [],
    review_score: hotel.reviewScore,
    review_count: hotel.reviewCount,
    amenities: hotel.amenities,
    brand: null,
    chain: hotel.chain ? { id: `chn_${derivedToken(22, hotel.chain)}`, name: hotel.chain } : null,
    check_in_information: { check_in_after_time: hotel.checkIn, check_out_before_time: hotel.checkOut },
    key_collection: null,
    email: hotel.email,
    phone_number: hotel.phone,
    photos: Array.from({ length: photoCount }, (_, at) => ({ url: `${baseUrl}/photos/${hotel.id}/${at + 1}.svg` })),
    supported_loyalty_programme: null,
    rooms: [],
  };
}
