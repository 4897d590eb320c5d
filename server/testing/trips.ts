import type { PlatformWorld } from './platform-world.ts';
import type { Answer, CallOptions, SiteClient } from './site-client.ts';

export const adult = (over: object = {}) => ({
  type: 'adult',
  title: 'ms',
  gender: 'f',
  givenName: 'Clara',
  familyName: 'Vidal',
  bornOn: '1988-04-12',
  ...over,
});
export const contact = (email: string) => ({ givenName: 'Clara', familyName: 'Vidal', email, phone: '+34600000001' });

/** The flight of worked example A: VLC → BIO by ZZ "Economy Classic", net 200.00 EUR. */
export async function findExampleFlight(
  world: Pick<PlatformWorld, 'day'>,
  client: SiteClient,
  days = 30,
): Promise<{ id: string; total: { amount: number; currency: string }; own?: unknown }> {
  const found = await client.post('/flights/searches', {
    slices: [{ origin: 'VLC', destination: 'BIO', departureDate: world.day(days) }],
    passengers: [{ type: 'adult' }],
  });
  if (found.status !== 201) throw new Error(`Search: ${found.status} ${found.text}`);
  const offers = found.body.offers as Array<{
    id: string;
    total: { amount: number; currency: string };
    carriers: Array<{ iata: string }>;
    slices: Array<{ fareBrand: string }>;
  }>;
  const offer = offers.find((one) => one.carriers[0]?.iata === 'ZZ' && one.slices[0]?.fareBrand === 'Economy Classic');
  if (!offer) throw new Error(`The example is not among ${offers.length} offers`);
  return offer;
}

/** Re-prices an offer and freezes it. */
export async function quoteOf(
  client: SiteClient,
  offerId: string,
): Promise<{ id: string; total: { amount: number; currency: string } }> {
  const answer = await client.get(`/flights/offers/${offerId}`);
  if (answer.status !== 200) throw new Error(`Quote: ${answer.status} ${answer.text}`);
  return answer.body as { id: string; total: { amount: number; currency: string } };
}

export interface Booking {
  email: string;
  payment?: object;
  travellers?: object[];
  over?: object;
  call?: CallOptions;
}

/** Books a quote. */
export const book = (
  client: SiteClient,
  quoteId: string,
  { email, payment, travellers, over, call }: Booking,
): Promise<Answer> =>
  client.post(
    '/bookings',
    {
      items: [{ quoteId }],
      travellers: travellers ?? [adult()],
      contact: contact(email),
      payment: payment ?? { method: 'card', paymentMethodId: 'pm_card_visa' },
      ...over,
    },
    call,
  );

/** From search to the answer of the booking, on the example's flight. */
export async function bookExample(
  world: Pick<PlatformWorld, 'day'>,
  client: SiteClient,
  booking: Booking & { days?: number },
): Promise<Answer> {
  const offer = await findExampleFlight(world, client, booking.days);
  const quote = await quoteOf(client, offer.id);
  return book(client, quote.id, booking);
}
