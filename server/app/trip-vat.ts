import type { Network } from '../invoicing/index.ts';
import type { SupplierOffer } from '../suppliers/index.ts';
import { countryOfTaxId, marginTax, shareOutside, taxTreatmentOf } from '../tax/index.ts';
import type { MarginTax, TripPart } from '../tax/index.ts';

/** Where a trip is performed: each flight, or the hotel. */
function partsOf(offer: SupplierOffer): TripPart[] {
  if (offer.product === 'stay') return [{ from: offer.hotel.address.country, to: offer.hotel.address.country }];
  return offer.slices.flatMap((slice) =>
    slice.segments.map(({ origin, destination }) => ({ from: origin.country, to: destination.country })),
  );
}

/**
 * What the margin of a trip comes to for the tax office, for whoever sold it in its own name, at the rate of the day it was sold, by the country of its tax id.
 * Null where that names none: nothing is reckoned then.
 */
export function tripTax(offer: SupplierOffer, network: Network, soldAt: Date) {
  const outside = shareOutside(partsOf(offer));
  return (agencyId: string | null, trip: { total: number; cost: number }): (MarginTax & { rateBp: number }) | null => {
    const { insideBp } = taxTreatmentOf({
      sellerCountry: countryOfTaxId(network.partyOf(agencyId).taxId),
      product: 'travel',
      buyer: { kind: 'consumer', country: null },
      day: soldAt.toISOString().slice(0, 10),
    });
    return insideBp === null ? null : { ...marginTax({ ...trip, outside, insideBp }), rateBp: insideBp };
  };
}

/** The VAT alone. */
export function tripVat(offer: SupplierOffer, network: Network, soldAt: Date) {
  const taxOf = tripTax(offer, network, soldAt);
  return (agencyId: string | null, trip: { total: number; cost: number }) => taxOf(agencyId, trip)?.vat ?? null;
}
