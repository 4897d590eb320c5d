import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PreviewView } from '../pricing/index.ts';
import { numbersIn } from '../testing/figures.ts';
import { FlightSearchView } from './schema.ts';
import { createSearchWorld, type SearchWorld } from './testing.ts';

let world: SearchWorld;
let net: Awaited<ReturnType<SearchWorld['createNetwork']>>;
beforeAll(async () => {
  world = await createSearchWorld();
  net = await world.createNetwork();
});
afterAll(() => world.close());

type Reader = ReturnType<typeof net.as>;

async function findOffer(reader: Reader) {
  const body = {
    slices: [{ origin: 'MAD', destination: 'JFK', departureDate: world.day(45) }],
    passengers: [{ type: 'adult' }],
  };
  const found = await world.call(reader, 'post', '/flights/searches', { body });
  return FlightSearchView.parse(found.body).offers[0]!;
}
const preview = (reader: Reader, offerId: string, body: object = {}) =>
  world.call(reader, 'post', `/offers/${offerId}/preview`, { body });

describe('preview of an offer that was found', () => {
  it('shows the reseller the whole chain, at the price a customer of B is asked', async () => {
    const reseller = net.as('reseller_admin', 'reseller');
    const offer = await findOffer(reseller);
    const own = PreviewView.parse((await preview(reseller, offer.id)).body);
    expect(own.total).toBe(offer.total.amount);
    expect(own.levels).toHaveLength(1);
    const chain = PreviewView.parse((await preview(reseller, offer.id, { agencyId: net.ids.b })).body);
    expect(chain.total).toBe((await findOffer(net.as(null, 'b'))).total.amount);
    expect(chain.levels.map(({ name }) => name).slice(1)).toEqual(['Agency A', 'Agency B']);
    expect(chain.byTier).toHaveLength(4);
  });

  it('shows an agency its own level alone: no figure of an ancestor, nor of the supplier', async () => {
    const agency = net.as('agency_admin', 'a');
    const offer = await findOffer(agency);
    const reseller = net.as('reseller_admin', 'reseller');
    const top = PreviewView.parse(
      (await preview(reseller, (await findOffer(reseller)).id, { agencyId: net.ids.a })).body,
    );
    const answer = await preview(agency, offer.id, { agencyId: net.ids.b });
    const shown = PreviewView.parse(answer.body);
    expect(shown).toMatchObject({ net: null, platformFee: null, outcome: 'kept' });
    expect(shown.levels).toMatchObject([{ agencyId: net.ids.a, buyPrice: offer.own?.buyPrice.amount, markup: 500 }]);
    const secrets = [
      top.net!.base,
      top.net!.taxes,
      top.net!.total,
      top.platformFee,
      top.levels[0]!.markup,
      top.levels[0]!.earnings,
    ];
    for (const secret of secrets) expect(numbersIn(answer.body)).not.toContain(secret);
  });

  it('prices a draft that asks who buys and where', async () => {
    const reseller = net.as('reseller_admin', 'reseller');
    const offer = await findOffer(reseller);
    const draft = (match: object) => ({
      draft: { rule: { name: 'Desk', match, value: { kind: 'fixed', amountMinor: 77, per: 'booking' } } },
    });
    const markup = async (match: object) =>
      PreviewView.parse((await preview(reseller, offer.id, draft(match))).body).levels[0]!.markup;
    expect(await markup({ segment: ['reseller'], pointOfSale: [reseller.brand.hostname] })).toBe(77);
    expect(await markup({ segment: ['guest'] })).not.toBe(77);
  });

  it('is of the own seller’s offers only, and for those who see rules', async () => {
    const offer = await findOffer(net.as('agency_admin', 'a'));
    expect((await preview(net.as('agency_admin', 'b'), offer.id)).status).toBe(404);
    expect((await preview(net.as('reseller_admin', 'reseller'), offer.id)).status).toBe(404);
    expect((await preview(net.as('agent', 'a'), offer.id)).status).toBe(403);
    expect((await preview(net.as('agency_admin', 'a'), 'nonsense')).status).toBe(404);
  });
});
