import type { Hotel } from './hotels.ts';
import { photoCount } from './hotels.ts';
import { bedroom, facade, lobby, paletteOf, view, water } from './photo-scenes.ts';

const titles = ['Front', 'Bedroom', 'Bedroom', 'Lobby', 'Bath and pool', 'View'];

const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** A drawing of the property as SVG, the same for the same property and number; undefined when there is no such picture. */
export function drawPhoto(hotel: Hotel, number: number): string | undefined {
  if (!Number.isInteger(number) || number < 1 || number > photoCount) return undefined;
  const key = `${hotel.id}${number}`;
  const palette = paletteOf(hotel.id);
  const scenes = [
    () => facade(key, palette, hotel.stars),
    () => bedroom(key, palette),
    () => bedroom(key, palette),
    () => lobby(key, palette),
    () =>
      water(
        key,
        palette,
        hotel.amenities.some((amenity) => amenity.type === 'pool'),
      ),
    () => view(key, palette),
  ];
  const title = `${hotel.name}: ${titles[number - 1]} (sandbox illustration)`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 800" width="1200" height="800" role="img" aria-label="${escapeXml(title)}"><title>${escapeXml(title)}</title><defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${palette.skyTop}"/><stop offset="1" stop-color="${palette.skyLow}"/></linearGradient></defs>${scenes[number - 1]?.() ?? ''}<text x="1184" y="786" text-anchor="end" font-family="sans-serif" font-size="18" fill="#000" opacity=".35">sandbox illustration</text></svg>`;
}
