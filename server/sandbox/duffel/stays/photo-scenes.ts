import { between, pick, unit } from '../hash.ts';

/** Colours of one property, so that its pictures belong together. */
export interface Palette {
  skyTop: string;
  skyLow: string;
  wall: string;
  shade: string;
  trim: string;
  accent: string;
  leaf: string;
  floor: string;
}

const palettes: readonly Palette[] = [
  {
    skyTop: '#8fb8d8',
    skyLow: '#f5e6d3',
    wall: '#ead7bd',
    shade: '#d2b894',
    trim: '#fbf5ea',
    accent: '#b4552d',
    leaf: '#5f7f52',
    floor: '#a9835a',
  },
  {
    skyTop: '#355070',
    skyLow: '#eaac8b',
    wall: '#c8a78c',
    shade: '#a58166',
    trim: '#f3e3d3',
    accent: '#6d597a',
    leaf: '#4d6b5c',
    floor: '#7d5f48',
  },
  {
    skyTop: '#a7c7d9',
    skyLow: '#eef3ee',
    wall: '#dfe3e0',
    shade: '#bcc5c2',
    trim: '#ffffff',
    accent: '#2f5d62',
    leaf: '#6f9370',
    floor: '#b99c7a',
  },
  {
    skyTop: '#1f2f4a',
    skyLow: '#7d8fb3',
    wall: '#4a5670',
    shade: '#38435a',
    trim: '#dfe4ee',
    accent: '#e0a458',
    leaf: '#3d5a52',
    floor: '#5d4a3f',
  },
  {
    skyTop: '#9fc5c1',
    skyLow: '#fbe9d0',
    wall: '#f0cfae',
    shade: '#d9ae85',
    trim: '#fff7ec',
    accent: '#1f6f78',
    leaf: '#7a9a5b',
    floor: '#b28a63',
  },
  {
    skyTop: '#bfd2e6',
    skyLow: '#f8ecec',
    wall: '#d8b4a6',
    shade: '#bd9384',
    trim: '#fbf1ec',
    accent: '#7a3e48',
    leaf: '#66825f',
    floor: '#95745e',
  },
];

export const paletteOf = (key: string): Palette => pick(palettes, 'palette', key);

const rect = (x: number, y: number, width: number, height: number, fill: string, more = ''): string =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"${more}/>`;
const tree = (x: number, y: number, size: number, palette: Palette): string =>
  `${rect(x - size * 0.05, y - size * 0.5, size * 0.1, size * 0.5, palette.floor)}<ellipse cx="${x}" cy="${y - size * 0.75}" rx="${size * 0.3}" ry="${size * 0.4}" fill="${palette.leaf}"/><ellipse cx="${x - size * 0.08}" cy="${y - size * 0.82}" rx="${size * 0.16}" ry="${size * 0.22}" fill="#fff" opacity=".12"/>`;

const sky = (): string => '<rect width="1200" height="800" fill="url(#sky)"/>';
const sun = (key: string): string =>
  `<circle cx="${between(150, 1050, key, 'sun')}" cy="${between(110, 240, key, 'height')}" r="62" fill="#fff" opacity=".45"/>`;

function skyline(key: string, base: number, fill: string, opacity: number): string {
  let shapes = '';
  for (let x = -20, at = 0; x < 1220; at += 1) {
    const width = between(60, 130, key, 'w', at);
    const height = between(60, 230, key, 'h', at);
    shapes += rect(x, base - height, width, height, fill);
    if (unit(key, 'roof', at) < 0.3)
      shapes += `<path d="M${x} ${base - height} l${width / 2} -${between(25, 60, key, 'peak', at)} l${width / 2} ${between(25, 60, key, 'peak', at)} z" fill="${fill}"/>`;
    x += width;
  }
  return `<g opacity="${opacity}">${shapes}</g>`;
}

/** The front of the house: floors of windows over an entrance with awning, by the number of stars. */
export function facade(key: string, palette: Palette, stars: number): string {
  const floors = 3 + stars;
  const columns = between(5, 8, key, 'columns');
  const width = columns * 100 + 60;
  const left = (1200 - width) / 2;
  const floorHeight = Math.min(100, 480 / floors);
  const top = 660 - floors * floorHeight - 30;
  const arched = unit(key, 'arch') < 0.5;
  let windows = '';
  for (let floor = 0; floor < floors - 1; floor += 1) {
    for (let column = 0; column < columns; column += 1) {
      const x = left + 50 + column * 100;
      const y = top + 36 + floor * floorHeight;
      const lit = unit(key, 'lit', floor, column) < 0.28;
      const height = floorHeight * 0.62;
      windows += `<rect x="${x}" y="${y}" width="60" height="${height}" rx="${arched ? 28 : 3}" fill="${lit ? '#ffe2a8' : palette.skyTop}" stroke="${palette.trim}" stroke-width="6"/>`;
      if (floor % 2 === 1) windows += rect(x - 8, y + height - 4, 76, 8, palette.accent, ' opacity=".75"');
    }
  }
  const door = `${rect(560, 660 - floorHeight, 80, floorHeight, palette.accent)}${rect(596, 660 - floorHeight + 12, 8, floorHeight - 12, palette.trim, ' opacity=".5"')}<path d="M530 ${660 - floorHeight} h140 l16 26 h-172 z" fill="${palette.trim}"/>`;
  return `${sky()}${sun(key)}${skyline(key, 660, palette.skyTop, 0.35)}${rect(left, top, width, 660 - top, palette.wall)}${rect(left + width * 0.72, top, width * 0.28, 660 - top, palette.shade, ' opacity=".35"')}${rect(left - 14, top - 16, width + 28, 20, palette.trim)}${windows}${door}${rect(0, 660, 1200, 140, palette.shade)}${rect(0, 660, 1200, 12, palette.trim, ' opacity=".6"')}${tree(left - 70, 672, 210, palette)}${tree(left + width + 70, 672, 190, palette)}`;
}

/** A bedroom by a window; the bed's width and the lamp vary. */
export function bedroom(key: string, palette: Palette): string {
  const wide = unit(key, 'wide') < 0.6;
  const beds = wide
    ? [[380, 560]]
    : [
        [300, 300],
        [660, 300],
      ];
  const bedding = (beds as [number, number][])
    .map(
      ([x, width]) =>
        `${rect(x - 14, 330, width + 28, 170, palette.accent, ' rx="14"')}${rect(x, 470, width, 190, palette.trim, ' rx="18"')}${rect(x, 560, width, 110, palette.accent, ' rx="10" opacity=".85"')}` +
        (width > 400
          ? `${rect(x + 40, 440, 210, 80, '#fff', ' rx="26"')}${rect(x + width - 250, 440, 210, 80, '#fff', ' rx="26"')}`
          : rect(x + 50, 440, width - 100, 80, '#fff', ' rx="26"')),
    )
    .join('');
  const left = beds[0]?.[0] ?? 380;
  const right = (beds.at(-1)?.[0] ?? 380) + (beds.at(-1)?.[1] ?? 560);
  const lamp = (x: number): string =>
    `${rect(x - 45, 560, 90, 110, palette.floor, ' rx="6"')}${rect(x - 4, 500, 8, 60, palette.shade)}<path d="M${x - 38} 505 l14 -60 h48 l14 60 z" fill="#ffe8bf"/><circle cx="${x}" cy="500" r="110" fill="#ffe8bf" opacity=".16"/>`;
  const picture = `${rect(530, 120, 260, 160, palette.trim)}${rect(544, 134, 232, 132, palette.skyLow)}<path d="M544 266 l70 -80 l50 46 l44 -60 l68 94 z" fill="${palette.leaf}" opacity=".8"/><circle cx="728" cy="166" r="16" fill="${palette.accent}" opacity=".7"/>`;
  const window = `${rect(40, 90, 200, 420, palette.trim)}${rect(54, 104, 172, 392, 'url(#sky)')}${rect(136, 104, 8, 392, palette.trim)}<path d="M30 80 h70 q-6 220 -40 450 h-30 z" fill="${palette.accent}" opacity=".55"/><path d="M250 80 h-60 q6 220 36 450 h24 z" fill="${palette.accent}" opacity=".55"/>`;
  return `${rect(0, 0, 1200, 800, palette.wall)}${rect(0, 640, 1200, 160, palette.floor)}${rect(0, 632, 1200, 10, palette.trim)}<ellipse cx="620" cy="730" rx="470" ry="60" fill="${palette.shade}" opacity=".7"/>${window}${picture}${lamp(left - 70)}${lamp(right + 70)}${bedding}`;
}

/** The lobby: reception desk, armchairs, plants and pendant lamps. */
export function lobby(key: string, palette: Palette): string {
  const lamps = Array.from({ length: between(3, 5, key, 'lamps') }, (_, at) => {
    const x = 240 + at * 180;
    return `${rect(x - 2, 0, 4, 150, palette.shade)}<path d="M${x - 46} 200 q46 -90 92 0 z" fill="${palette.accent}"/><circle cx="${x}" cy="205" r="90" fill="#ffe8bf" opacity=".2"/>`;
  }).join('');
  const chair = (x: number): string =>
    `${rect(x, 560, 170, 100, palette.accent, ' rx="24"')}${rect(x + 16, 500, 138, 90, palette.accent, ' rx="26"')}${rect(x + 20, 570, 130, 46, palette.trim, ' rx="16" opacity=".35"')}${rect(x + 20, 655, 12, 40, palette.floor)}${rect(x + 138, 655, 12, 40, palette.floor)}`;
  const arches = [120, 470, 820]
    .map(
      (x) =>
        `<path d="M${x} 560 v-210 q130 -170 260 0 v210 z" fill="${palette.trim}"/><path d="M${x + 18} 560 v-200 q112 -146 224 0 v200 z" fill="url(#sky)"/>`,
    )
    .join('');
  return `${rect(0, 0, 1200, 800, palette.wall)}${arches}${rect(0, 600, 1200, 200, palette.floor)}<ellipse cx="560" cy="705" rx="440" ry="62" fill="${palette.shade}" opacity=".6"/>${rect(830, 480, 330, 150, palette.shade, ' rx="8"')}${rect(815, 462, 360, 26, palette.trim, ' rx="6"')}${lamps}${chair(220)}${chair(600)}<ellipse cx="490" cy="640" rx="74" ry="18" fill="${palette.trim}"/>${rect(484, 640, 12, 60, palette.trim)}${tree(100, 660, 230, palette)}`;
}

/** A pool terrace, or a bath in houses without one. */
export function water(key: string, palette: Palette, hasPool: boolean): string {
  if (!hasPool) {
    const tiles =
      Array.from({ length: 10 }, (_, at) => rect(at * 120, 0, 2, 620, palette.shade, ' opacity=".35"')).join('') +
      Array.from({ length: 6 }, (_, at) => rect(0, at * 105, 1200, 2, palette.shade, ' opacity=".35"')).join('');
    return `${rect(0, 0, 1200, 800, palette.wall)}${tiles}${rect(0, 620, 1200, 180, palette.shade)}<circle cx="320" cy="240" r="130" fill="url(#sky)" stroke="${palette.accent}" stroke-width="12"/>${rect(170, 440, 300, 40, palette.floor, ' rx="8"')}<ellipse cx="320" cy="436" rx="110" ry="34" fill="#fff"/>${rect(314, 380, 12, 50, palette.accent, ' rx="6"')}<path d="M620 480 h480 q-10 170 -90 180 h-300 q-80 -10 -90 -180 z" fill="#fff"/><rect x="606" y="466" width="508" height="26" rx="13" fill="${palette.wall}"/>${rect(1050, 330, 14, 140, palette.accent, ' rx="7"')}${rect(990, 330, 74, 14, palette.accent, ' rx="7"')}${tree(560, 640, 170, palette)}`;
  }
  const lounger = (x: number): string =>
    `<path d="M${x} 640 l150 0 l40 -60" stroke="${palette.trim}" stroke-width="16" fill="none" stroke-linecap="round"/>${rect(x + 10, 640, 10, 36, palette.floor)}${rect(x + 130, 640, 10, 36, palette.floor)}`;
  const parasol = (x: number): string =>
    `${rect(x - 4, 430, 8, 240, palette.floor)}<path d="M${x - 120} 450 q120 -120 240 0 z" fill="${palette.accent}"/>`;
  const ripples = Array.from(
    { length: 7 },
    (_, at) =>
      `<path d="M${between(120, 800, key, 'rx', at)} ${470 + at * 14} q30 -8 60 0 t60 0" stroke="#fff" stroke-width="4" fill="none" opacity=".5"/>`,
  ).join('');
  return `${sky()}${sun(key)}${skyline(key, 420, palette.shade, 0.5)}${rect(0, 420, 1200, 380, palette.wall)}<path d="M120 440 h900 l90 140 h-1060 z" fill="#5fb0bd"/><path d="M120 440 h900 l12 18 h-926 z" fill="#fff" opacity=".6"/>${ripples}${parasol(270)}${lounger(200)}${lounger(470)}${parasol(840)}${lounger(760)}${tree(1110, 600, 260, palette)}`;
}

/** What one sees from the terrace. */
export function view(key: string, palette: Palette): string {
  const rails = Array.from({ length: 25 }, (_, at) => rect(at * 50, 640, 8, 120, palette.trim)).join('');
  return `${sky()}${sun(key)}<path d="M0 470 q200 -150 420 -40 t420 -30 t360 30 v370 h-1200 z" fill="${palette.leaf}" opacity=".45"/>${skyline(`${key}far`, 580, palette.shade, 0.6)}${skyline(`${key}near`, 680, palette.accent, 0.55)}${rect(0, 680, 1200, 120, palette.wall)}${rails}${rect(0, 628, 1200, 18, palette.trim)}<ellipse cx="260" cy="610" rx="70" ry="16" fill="${palette.trim}"/>${rect(254, 612, 12, 100, palette.trim)}${rect(236, 572, 22, 30, '#fff', ' rx="5"')}${rect(270, 580, 16, 22, palette.accent, ' rx="4"')}${tree(1080, 720, 230, palette)}`;
}
