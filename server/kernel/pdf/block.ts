/** What a tagged document consists of, from top to bottom. Texts only: how they look is the writer's business. */
export type PdfBlock =
  | { readonly kind: 'heading'; readonly level: 1 | 2; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  /** Pairs of a name and its value. */
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [label: string, value: string])[] }
  /** Groups of lines beside each other, each under its heading; the first line is strong. */
  | {
      readonly kind: 'sides';
      readonly sides: readonly { readonly heading: string; readonly lines: readonly string[] }[];
    }
  | {
      readonly kind: 'table';
      /** Widths in points; one column without takes what is left. */
      readonly columns: readonly { readonly title: string; readonly width?: number; readonly align?: 'right' }[];
      readonly rows: readonly (readonly string[])[];
    }
  /** Amounts to the right of their names; the total stands out. */
  | {
      readonly kind: 'sums';
      readonly rows: readonly { readonly label: string; readonly amount: string; readonly isTotal?: true }[];
    }
  | { readonly kind: 'rule' }
  /** A bitmap (PNG) of `size` points square, with lines above and below; `alt` is read instead of it. */
  | {
      readonly kind: 'picture';
      readonly png: Buffer;
      readonly alt: string;
      readonly size: number;
      readonly above: string;
      readonly below: string;
    };

/** The words of a document in reading order, for tests and for whoever cannot use the PDF. */
export function plainText(blocks: readonly PdfBlock[]): string {
  return blocks
    .map(textOf)
    .filter((text) => text !== '')
    .join('\n\n');
}

function textOf(block: PdfBlock): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${block.text}`;
    case 'paragraph':
      return block.text;
    case 'facts':
      return block.rows.map(([label, value]) => `${label}: ${value}`).join('\n');
    case 'sides':
      return block.sides.map(({ heading, lines }) => [`## ${heading}`, ...lines].join('\n')).join('\n\n');
    case 'table':
      return [block.columns.map(({ title }) => title), ...block.rows].map((cells) => cells.join(' | ')).join('\n');
    case 'sums':
      return block.rows.map(({ label, amount }) => `${label}: ${amount}`).join('\n');
    case 'rule':
      return '';
    case 'picture':
      return [block.above, `[${block.alt}]`, block.below].join('\n');
  }
}
