/** Colour arithmetic on `#rrggbb`: contrast by WCAG 2.2 (relative luminance), mixing in sRGB. */

const HEX = /^#[0-9a-f]{6}$/;

export const MINIMUM_TEXT_CONTRAST = 4.5;

type Rgb = readonly [number, number, number];

/** The colour in lower case `#rrggbb`, or undefined when the text is anything but `#rgb` or `#rrggbb`. */
export function normaliseColour(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  const lower = text.trim().toLowerCase();
  if (HEX.test(lower)) return lower;
  if (!/^#[0-9a-f]{3}$/.test(lower)) return undefined;
  return lower.replace(/[0-9a-f]/g, '$&$&');
}

function toRgb(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function toHex(rgb: Rgb): string {
  return `#${rgb.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')}`;
}

function luminance(hex: string): number {
  const [r, g, b] = toRgb(hex).map((channel) => {
    const s = channel / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG contrast ratio of two `#rrggbb` colours, 1 to 21. */
export function contrastRatio(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** The least contrast of one colour against several grounds. */
export function leastContrast(colour: string, grounds: readonly string[]): number {
  return Math.min(...grounds.map((ground) => contrastRatio(colour, ground)));
}

/** `share` (0 to 1) of `other` mixed into `colour`. */
export function mixColours(colour: string, other: string, share: number): string {
  const target = toRgb(other);
  const mixed = toRgb(colour).map((channel, i) => channel + ((target[i] ?? 0) - channel) * share);
  return toHex(mixed as unknown as Rgb);
}

/** Of the candidates, the one that reads best on the ground. */
export function mostReadable(ground: string, candidates: readonly [string, ...string[]]): string {
  return candidates.reduce((best, candidate) =>
    contrastRatio(candidate, ground) > contrastRatio(best, ground) ? candidate : best,
  );
}

/** The nearest shade of `colour`, going towards `towards`, that `accepts`; undefined when not even the end does. */
export function nearestShade(colour: string, towards: string, accepts: (shade: string) => boolean): string | undefined {
  for (let step = 0; step <= 100; step += 1) {
    const shade = mixColours(colour, towards, step / 100);
    if (accepts(shade)) return shade;
  }
  return undefined;
}
