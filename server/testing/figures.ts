import { execFileSync } from 'node:child_process';

/** Every number in a JSON value, however deep, each once. */
export function numbersIn(value: unknown): number[] {
  const found = new Set<number>();
  const walk = (part: unknown): void => {
    if (typeof part === 'number') found.add(part);
    else if (Array.isArray(part)) part.forEach(walk);
    else if (typeof part === 'object' && part !== null) Object.values(part).forEach(walk);
  };
  walk(value);
  return [...found];
}

/** Which of these minor amounts of a two-digit currency a text shows, written 230.00, 230,00 or 1,800.00. */
export function amountsShown(text: string, minors: readonly number[]): number[] {
  const plain = text.replaceAll(/(\d)[.,\u00a0\u202f ](?=\d{3}[.,]\d{2}\b)/g, '$1');
  return minors.filter((minor) =>
    new RegExp(`(?<![\\d.,])${Math.floor(minor / 100)}[.,]${String(minor % 100).padStart(2, '0')}(?!\\d)`).test(plain),
  );
}

/** Text of a PDF as a reader shows it; undefined on a machine without poppler. */
export function pdfText(pdf: Buffer): string | undefined {
  try {
    return execFileSync('pdftotext', ['-layout', '-', '-'], { input: pdf, encoding: 'utf8' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
