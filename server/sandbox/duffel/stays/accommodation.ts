import { normaliseText } from '../../../reference/index.ts';
import type { SandboxContext } from '../context.ts';
import { invalid, notFound, paginate } from '../envelope.ts';
import type { Reply, SandboxRequest } from '../router.ts';
import { textOf } from '../text-of.ts';
import { hotelBook, presentHotel } from './hotels.ts';

export function getAccommodation(ctx: SandboxContext, request: SandboxRequest): Reply {
  const hotel = hotelBook(ctx.seed).byId(request.params['id'] ?? '');
  if (!hotel) throw notFound('accommodation');
  return { data: presentHotel(ctx.url(), hotel) };
}

export function listAccommodation(ctx: SandboxContext, request: SandboxRequest): Reply {
  const latitude = Number(request.query.get('latitude') ?? Number.NaN);
  const longitude = Number(request.query.get('longitude') ?? Number.NaN);
  if (Number.isNaN(latitude) || Number.isNaN(longitude))
    throw invalid('validation_required', "Fields 'latitude' and 'longitude' can't be blank", '/latitude');
  const hotels = hotelBook(ctx.seed).near(latitude, longitude, Number(request.query.get('radius') ?? 5));
  const page = paginate(hotels, request.query);
  return { data: page.data.map((hotel) => presentHotel(ctx.url(), hotel)), meta: page.meta };
}

export function suggestAccommodation(ctx: SandboxContext, request: SandboxRequest): Reply {
  const query = normaliseText(textOf(request.body['query']));
  if (query.length < 3) throw invalid('validation_length', "Field 'query' must have at least 3 characters", '/query');
  const hotels = hotelBook(ctx.seed)
    .all()
    .filter((hotel) => normaliseText(`${hotel.name} ${hotel.address.city_name}`).includes(query));
  return {
    data: hotels.slice(0, 20).map((hotel) => ({
      accommodation_id: hotel.id,
      accommodation_name: hotel.name,
      accommodation_location: {
        address: hotel.address,
        geographic_coordinates: { latitude: hotel.latitude, longitude: hotel.longitude },
      },
    })),
  };
}
