import type { PreviewRequest, Product } from '../../api/pricing.ts';

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
