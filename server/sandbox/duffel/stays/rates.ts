import { currencyExponent } from '../../../reference/index.ts';
import { toDecimalOf } from '../cents.ts';
import type { SandboxContext } from '../context.ts';
import { between, unit } from '../hash.ts';
import type { StaysSearchRecord } from '../records.ts';
import type { StaysAccommodation, StaysRoomRate } from '../wire.ts';
import { addDays, daysBetween, toInstant, weekdayOf } from '../zone-clock.ts';
import type { Hotel } from './hotels.ts';
import { photoCount } from './hotels.ts';

type Room = StaysAccommodation['rooms'][number];
type Board = StaysRoomRate['board_type'];

interface RoomType {
  name: string;
  beds: NonNullable<Room['beds']>;
  sleeps: number;
  percent: number;
  /** Least stars a hotel needs to have it. */
  stars: number;
}

const roomTypes: readonly RoomType[] = [
  { name: 'Standard double room', beds: [{ type: 'double', count: 1 }], sleeps: 2, percent: 100, stars: 1 },
  { name: 'Twin room', beds: [{ type: 'single', count: 2 }], sleeps: 2, percent: 102, stars: 2 },
  { name: 'Superior double room', beds: [{ type: 'queen', count: 1 }], sleeps: 3, percent: 124, stars: 3 },
  {
    name: 'Family room',
    beds: [
      { type: 'double', count: 1 },
      { type: 'sofabed', count: 1 },
    ],
    sleeps: 4,
    percent: 150,
    stars: 2,
  },
  {
    name: 'Junior suite',
    beds: [
      { type: 'king', count: 1 },
      { type: 'sofabed', count: 1 },
    ],
    sleeps: 4,
    percent: 205,
    stars: 4,
  },
];

interface RatePlan {
  code: string;
  name: string;
  board: Board;
  percent: number;
  /** Cents a person and night for meals. */
  meals: number;
  cancellation: 'none' | 'flexible' | 'moderate';
  stars: number;
}

const plans: readonly RatePlan[] = [
  { code: 'NRF', name: 'Non-refundable', board: 'room_only', percent: 88, meals: 0, cancellation: 'none', stars: 1 },
  { code: 'FLX', name: 'Flexible', board: 'room_only', percent: 100, meals: 0, cancellation: 'flexible', stars: 1 },
  {
    code: 'BBF',
    name: 'Flexible with breakfast',
    board: 'breakfast',
    percent: 100,
    meals: 1_100,
    cancellation: 'flexible',
    stars: 2,
  },
  {
    code: 'HBM',
    name: 'Half board',
    board: 'half_board',
    percent: 98,
    meals: 3_300,
    cancellation: 'moderate',
    stars: 4,
  },
];

function seasonOf(date: string, southern: boolean): number {
  const month = ((Number(date.slice(5, 7)) - 1 + (southern ? 6 : 0)) % 12) + 1;
  return [0, 0.82, 0.85, 0.93, 1.05, 1.1, 1.16, 1.24, 1.26, 1.12, 1, 0.86, 0.98][month] ?? 1;
}

/** Cents of one night in a standard double: season, weekend, and how busy the town is that day. */
function nightCents(seed: string, hotel: Hotel, date: string): number {
  const weekend = [5, 6].includes(weekdayOf(date)) ? 1.14 : 1;
  const busy = 0.86 + unit(seed, 'busy', hotel.cityCode, date) * 0.34;
  return Math.round(hotel.nightlyCents * seasonOf(date, hotel.latitude < 0) * weekend * busy);
}

/** Hundredths of the currency that one euro cent of the price level comes to: made up once, so that answers stay the same. */
const PER_CENT: Readonly<Record<string, number>> = { EUR: 1, JPY: 163, GBP: 0.86 };

/** Hundredths in the currency a hotel sells in; of the yen whole units, it has no smaller. */
function inSaleCurrency({ sellsIn }: Hotel, cents: number): number {
  const hundredths = Math.round(cents * (PER_CENT[sellsIn] ?? 1));
  return currencyExponent(sellsIn) === 0 ? Math.round(hundredths / 100) * 100 : hundredths;
}

const midnight = (hotel: Hotel, date: string): number => toInstant(`${date}T00:00`, hotel.timeZone);

/** Deadlines fall at midnight where the property is, sent in UTC, those already past left out; nothing comes back after the last. */
function cancellationTimeline(
  ctx: SandboxContext,
  hotel: Hotel,
  checkIn: string,
  plan: RatePlan,
  total: number,
): StaysRoomRate['cancellation_timeline'] {
  if (plan.cancellation === 'none') return [];
  const steps: readonly (readonly [number, number])[] =
    plan.cancellation === 'flexible'
      ? [[between(0, 1, ctx.seed, 'deadline', hotel.id), total]]
      : [
          [7, total],
          [2, Math.round(total / 2)],
        ];
  return steps
    .map(([days, refund]) => ({ at: midnight(hotel, addDays(checkIn, -days)), refund }))
    .filter(({ at }) => at > ctx.now().getTime())
    .map(({ at, refund }) => ({
      before: new Date(at).toISOString(),
      refund_amount: toDecimalOf(refund, hotel.sellsIn),
      currency: hotel.sellsIn,
    }));
}

/** What is paid at the property, in its own currency and decimals; never part of the total. */
function dueAtProperty(hotel: Hotel, search: StaysSearchRecord, nights: number): string | null {
  if (!hotel.charge) return null;
  const adults = search.guests.filter((guest) => guest.type === 'adult').length;
  const minor = hotel.charge.amount * nights * (hotel.charge.per === 'adult' ? adults : search.rooms);
  const exponent = currencyExponent(hotel.currency);
  const digits = String(minor).padStart(exponent + 1, '0');
  return exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

function conditionsOf(hotel: Hotel, plan: RatePlan, due: string | null): StaysRoomRate['conditions'] {
  const list = [
    {
      title: 'Check-in and check-out',
      description: `Check-in from ${hotel.checkIn}, check-out until ${hotel.checkOut}, property time.`,
    },
    {
      title: 'Cancellation',
      description:
        plan.cancellation === 'none'
          ? 'This rate cannot be refunded or changed.'
          : "Cancellation follows the deadlines shown with the rate, in the property's time.",
    },
    { title: 'Sandbox', description: 'This property is invented. Nobody will be expected there.' },
  ];
  if (due !== null && hotel.charge)
    list.splice(1, 0, {
      title: hotel.charge.title,
      description: `${hotel.currency} ${due} is paid at the property and is not part of the total.`,
    });
  return list;
}

interface Priced {
  room: RoomType;
  plan: RatePlan;
  total: number;
}

/** Rooms that fit and plans the hotel has, with their totals in cents for the whole stay and all rooms. */
function pricedRates(ctx: SandboxContext, hotel: Hotel, search: StaysSearchRecord): Priced[] {
  const [standardRoom, flexible] = [roomTypes[0], plans[1]];
  if (hotel.exactPrice !== null && standardRoom && flexible)
    return [{ room: standardRoom, plan: flexible, total: hotel.exactPrice }];
  const nights = daysBetween(search.checkIn, search.checkOut);
  const perRoom = Math.ceil(search.guests.length / search.rooms);
  const standard = Array.from({ length: nights }, (_, at) =>
    nightCents(ctx.seed, hotel, addDays(search.checkIn, at)),
  ).reduce((sum, cents) => sum + cents, 0);
  const fitting = roomTypes
    .filter(
      (room) =>
        room.stars <= hotel.stars && room.sleeps >= perRoom && (room.sleeps <= 2 || perRoom > 2 || hotel.stars >= 3),
    )
    .slice(0, 3);
  return fitting.flatMap((room) =>
    plans
      .filter((plan) => plan.stars <= hotel.stars && (room.percent < 200 || plan.code !== 'HBM'))
      .map((plan) => ({
        room,
        plan,
        total: inSaleCurrency(
          hotel,
          Math.round((standard * room.percent * plan.percent) / 10_000) * search.rooms +
            plan.meals * nights * search.guests.length,
        ),
      })),
  );
}

function presentRate(
  ctx: SandboxContext,
  hotel: Hotel,
  search: StaysSearchRecord,
  priced: Priced,
  rateId: string,
): StaysRoomRate {
  const nights = daysBetween(search.checkIn, search.checkOut);
  const due = dueAtProperty(hotel, search, nights);
  const unit = currencyExponent(hotel.sellsIn) === 0 ? 100 : 1;
  const tax = Math.round(priced.total / 11 / unit) * unit;
  const decimal = (hundredths: number) => toDecimalOf(hundredths, hotel.sellsIn);
  const commission = hotel.chain ? decimal(Math.round((priced.total - tax) * 0.12)) : null;
  return {
    id: rateId,
    name: priced.plan.name,
    code: null,
    description: null,
    board_type: priced.plan.board,
    payment_type: 'pay_now',
    source: 'duffel',
    base_amount: decimal(priced.total - tax),
    base_currency: hotel.sellsIn,
    tax_amount: decimal(tax),
    tax_currency: hotel.sellsIn,
    fee_amount: decimal(0),
    fee_currency: hotel.sellsIn,
    total_amount: decimal(priced.total),
    total_currency: hotel.sellsIn,
    due_at_accommodation_amount: due,
    due_at_accommodation_currency: hotel.currency,
    available_payment_methods: ['balance'],
    quantity_available: between(1, 9, ctx.seed, 'left', hotel.id, priced.room.name, search.checkIn),
    supported_loyalty_programme: null,
    loyalty_programme_required: false,
    estimated_commission_amount: commission,
    estimated_commission_currency: commission === null ? null : hotel.sellsIn,
    negotiated_rate_id: null,
    expires_at: new Date(Date.parse(search.createdAt) + ctx.offerLifetimeMinutes * 60_000).toISOString(),
    conditions: conditionsOf(hotel, priced.plan, due),
    cancellation_timeline: cancellationTimeline(ctx, hotel, search.checkIn, priced.plan, priced.total),
  };
}

/** Every tenth town-day a hotel is full; test hotels never. */
export const isSoldOut = (seed: string, hotel: Hotel, search: StaysSearchRecord): boolean =>
  hotel.cityCode !== 'TEST' && unit(seed, 'full', hotel.id, search.checkIn) < 0.1;

/** The hotel's rooms with their rates for a search, cheapest rate first within each. `rateId` names the index-th rate. */
export function roomsFor(
  ctx: SandboxContext,
  hotel: Hotel,
  search: StaysSearchRecord,
  rateId: (index: number) => string,
): Room[] {
  if (isSoldOut(ctx.seed, hotel, search)) return [];
  const rooms = new Map<string, Room>();
  pricedRates(ctx, hotel, search).forEach((priced, index) => {
    const rate = presentRate(ctx, hotel, search, priced, rateId(index));
    if (search.freeCancellationOnly && rate.cancellation_timeline[0]?.refund_amount !== rate.total_amount) return;
    const room = rooms.get(priced.room.name) ?? {
      name: priced.room.name,
      beds: priced.room.beds,
      photos: [{ url: `${ctx.url()}/photos/${hotel.id}/${2 + (index % (photoCount - 1))}.svg` }],
      rates: [],
    };
    room.rates.push(rate);
    rooms.set(priced.room.name, room);
  });
  return [...rooms.values()];
}
