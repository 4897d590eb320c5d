import { createRequire } from 'node:module';
import path from 'node:path';

/** Roboto comes with pdfmake: Latin, Greek and Cyrillic. */
export const FONT_FOLDER = path.join(
  path.dirname(createRequire(import.meta.url).resolve('pdfmake/package.json')),
  'fonts',
  'Roboto',
);
export const fontFile = (weight: 'Regular' | 'Medium' | 'Italic' | 'MediumItalic'): string =>
  path.join(FONT_FOLDER, `Roboto-${weight}.ttf`);
