import type { PreviewRequest, Product, RuleMatch } from '../../api/pricing.ts';
import { addDays } from '../../format/dates.ts';

export type PreviewValues = {
  product: Product;
  base: number | null;
  taxes: number | null;
  agencyId: string;
  carrier: string;
  origin: string;
  destination: string;
  travelDate: string;
  travellers: number;
  segments: number;
  nights: number;
};

const upper = (text: string): string => text.trim().toUpperCase();

/** What is empty is left out: the API then asks nothing of it. */
export function requestOf(values: PreviewValues): PreviewRequest {
  const { product, base, taxes, agencyId, carrier, origin, destination, travelDate, travellers, segments, nights } =
    values;
  const isFlight = product === 'flight';
  return {
    product,
    net: { base: base ?? 0, taxes: taxes ?? 0 },
    ...(agencyId === '' ? {} : { agencyId }),
    facts: {
      travellers,
      ...(isFlight && carrier ? { carrier: upper(carrier) } : {}),
      ...(isFlight && origin ? { origin: upper(origin) } : {}),
      ...(destination ? { destination: isFlight ? upper(destination) : destination.trim() } : {}),
      ...(travelDate ? { travelDate } : {}),
      ...(isFlight ? { segments } : { nights }),
    },
  };
}

const FACTS = ['carrier', 'origin', 'destination', 'travelDate', 'travellers', 'segments', 'nights'];
export const PREVIEW_ALIASES: Readonly<Record<string, string>> = {
  'net.base': 'base',
  'net.taxes': 'taxes',
  ...Object.fromEntries(FACTS.map((name) => [`facts.${name}`, name])),
};

/** A sale that a rule with these conditions would price: the first of each list, and 200.00 with 40.00 of taxes. */
export function sampleFor(match: RuleMatch): PreviewRequest {
  const product = match.product?.[0] ?? (match.hotelIds || match.hotelChain || match.stars ? 'stay' : 'flight');
  const [from, to] = (match.route?.[0] ?? '-').split('-');
  const facts = {
    supplier: match.supplier?.[0],
    carrier: match.carrier?.[0],
    cabin: match.cabin?.[0],
    fareBrand: match.fareBrand?.[0],
    origin: match.origin?.[0] ?? (from || undefined),
    destination: match.destination?.[0] ?? (to || undefined),
    hotelId: match.hotelIds?.[0],
    hotelChain: match.hotelChain?.[0],
    stars: match.stars?.[0],
    segment: match.segment?.[0],
    pointOfSale: match.pointOfSale?.[0],
    travelDate: travelDayFor(match),
    ...(product === 'flight' ? { segments: 2 } : { nights: 3 }),
  };
  const given = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  return {
    product,
    net: { base: 16000, taxes: 4000 },
    ...(match.childAgencyId?.[0] ? { agencyId: match.childAgencyId[0] } : {}),
    facts: { ...given, travellers: 1 },
  };
}

/** A day inside the rule's travel dates, else one that its lead days allow. */
function travelDayFor({ travelFrom, travelTo, leadDaysMin, leadDaysMax }: RuleMatch): string | undefined {
  if (travelFrom ?? travelTo) return travelFrom ?? travelTo;
  const days = leadDaysMin ?? leadDaysMax;
  return days === undefined ? undefined : addDays(new Date().toISOString().slice(0, 10), days);
}
