import { toDecimal } from './cents.ts';
import type { SandboxContext } from './context.ts';
import { between, derivedToken } from './hash.ts';
import type { BuiltOffer } from './offer-builder.ts';
import type { OfferRequestRecord } from './records.ts';
import { hasNoBags } from './scenarios.ts';
import type { OfferAvailableServiceBaggage } from './wire.ts';

/** Extra checked bags per passenger and slice. Infants on a lap buy none. */
export function availableServices(
  ctx: SandboxContext,
  built: BuiltOffer,
  record: OfferRequestRecord,
): OfferAvailableServiceBaggage[] {
  if (hasNoBags(built.route)) return [];
  return record.passengers
    .filter((passenger) => passenger.type !== 'infant_without_seat')
    .flatMap((passenger) =>
      built.offer.slices.map((slice, at): OfferAvailableServiceBaggage => {
        const longHaul = built.slices[at]?.flights.some((flight) => flight.km > 4600) ?? false;
        const cents =
          (longHaul ? 5_500 : 2_500) + between(0, 12, ctx.seed, 'bag', built.offer.owner.iata_code ?? '', at) * 150;
        return {
          id: `ase_${derivedToken(22, built.offer.id, passenger.id, at)}`,
          type: 'baggage',
          maximum_quantity: 2,
          passenger_ids: [passenger.id],
          segment_ids: slice.segments.map((segment) => segment.id),
          total_amount: toDecimal(cents),
          total_currency: 'EUR',
          metadata: {
            type: 'checked',
            maximum_weight_kg: 23,
            maximum_height_cm: null,
            maximum_length_cm: null,
            maximum_depth_cm: null,
          },
        };
      }),
    );
}
