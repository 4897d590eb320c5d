import type PDFDocument from 'pdfkit';
import type { StructureElement } from 'pdfkit';
import { brandColour, legalLine, type PdfBrand } from './branded-page.ts';
import type { PdfBlock } from './block.ts';
import { fontFile } from './fonts.ts';

export interface TaggedDocument {
  /** Shown by readers instead of the file name. */
  readonly title: string;
  /** BCP 47, for screen readers. */
  readonly language: string;
  /** Fixed, so that the same document gives the same bytes. */
  readonly createdAt: Date;
  readonly brand: PdfBrand;
  /** PNG; left out: the brand's name stands alone. */
  readonly logo?: Buffer | undefined;
  readonly blocks: readonly PdfBlock[];
}

type Doc = InstanceType<typeof PDFDocument>;

const MARGIN = 48;
const TOP = 84;
const BOTTOM = 72;
const GAP = 24;
const INK = '#1c2430';
const MUTED = '#4a5565';
const LINE = '#c5ccd6';
const PAD = 4;

const STYLES = {
  body: { font: 'regular', size: 10, colour: INK },
  strong: { font: 'medium', size: 10, colour: INK },
  muted: { font: 'regular', size: 9, colour: MUTED },
  h1: { font: 'medium', size: 20, colour: INK },
  h2: { font: 'medium', size: 11, colour: INK },
  total: { font: 'medium', size: 13, colour: INK },
} as const;
type Style = keyof typeof STYLES;

interface Box {
  x: number;
  width: number;
  align?: 'left' | 'right' | 'center';
}

/**
 * Renders a branded A4 document to PDF 1.7 with a structure tree (ISO 32000 §14.8): headings, paragraphs, tables whose header cells say
 * what they head; bands, rules, heads and feet of pages are artifacts. Fonts are embedded. CPU work of some tens of milliseconds on the
 * calling thread; pdfkit is loaded with the first document.
 */
export async function renderTaggedPdf(document: TaggedDocument): Promise<Buffer> {
  const { default: Pdf } = await import('pdfkit');
  const { title, language, createdAt, brand } = document;
  const author = brand.legal.companyName ?? brand.name;
  const doc = new Pdf({
    size: 'A4',
    pdfVersion: '1.7',
    tagged: true,
    lang: language,
    displayTitle: true,
    bufferPages: true,
    // Places are ours to choose; text that came near the foot would otherwise open a page by itself.
    margins: { top: TOP, left: MARGIN, right: MARGIN, bottom: 0 },
    info: {
      Title: title,
      Author: author,
      Creator: author,
      Producer: author,
      CreationDate: createdAt,
      ModDate: createdAt,
    },
    font: fontFile('Regular'),
  });
  const chunks: Buffer[] = [];
  doc.on('data', (chunk) => void chunks.push(chunk));
  const ended = new Promise<void>((resolve) => void doc.on('end', resolve));
  doc.registerFont('regular', fontFile('Regular')).registerFont('medium', fontFile('Medium'));
  const writer = createWriter(doc, brand);
  for (const block of document.blocks) writer.write(block);
  writer.finish(document.logo);
  doc.end();
  await ended;
  return Buffer.concat(chunks);
}

function createWriter(doc: Doc, brand: PdfBrand) {
  const colour = brandColour(brand);
  const full = doc.page.width - 2 * MARGIN;
  const floor = doc.page.height - BOTTOM;
  const root = doc.struct('Document');
  doc.addStructure(root);
  let y = TOP;

  const set = (style: Style) => {
    const { font, size, colour: ink } = STYLES[style];
    return doc.font(font).fontSize(size).fillColor(ink);
  };
  const optionsOf = ({ width, align }: Box) => ({ width, align: align ?? 'left', lineGap: 2 }) as const;
  /** Laying out text is most of the work: each is measured once. */
  const heights = new Map<string, number>();
  function heightOf(text: string, style: Style, box: Box): number {
    const key = `${style}/${box.width}/${text}`;
    const height = heights.get(key) ?? set(style).heightOfString(text || ' ', optionsOf(box));
    heights.set(key, height);
    return height;
  }

  /** Opens a page when `height` does not fit below. */
  function room(height: number): boolean {
    if (y + height <= floor) return false;
    doc.addPage();
    y = TOP;
    return true;
  }

  /** Text of an element of the tree, at the current height. */
  function put(into: StructureElement, type: string, text: string, style: Style, box: Box): void {
    const content = doc.markStructureContent(type);
    set(style).text(text || ' ', box.x, y, optionsOf(box));
    doc.endMarkedContent();
    into.add(content);
  }

  function leaf(
    parent: StructureElement,
    type: string,
    text: string,
    style: Style,
    box: Box,
    scope?: 'Column' | 'Row',
  ) {
    const made = doc.struct(type, scope ? { scope } : {});
    parent.add(made);
    put(made, type, text, style, box);
    made.end();
  }

  /** Drawn, and not read. */
  function artifact(type: 'Layout' | 'Pagination', draw: () => void): void {
    doc.markContent('Artifact', { type });
    draw();
    doc.endMarkedContent();
  }

  const across = (ink: string, width: number, x = MARGIN, length = full) =>
    artifact(
      'Layout',
      () =>
        void doc
          .moveTo(x, y)
          .lineTo(x + length, y)
          .lineWidth(width)
          .stroke(ink),
    );

  function paragraph(type: string, text: string, style: Style, before: number, after: number): void {
    const box = { x: MARGIN, width: full };
    const height = heightOf(text, style, box);
    room(before + height + (type === 'P' ? 0 : 40));
    y += before;
    leaf(root, type, text, style, box);
    y += height + after;
  }

  /** Cells of a row beside each other. */
  function row(
    table: StructureElement,
    cells: readonly { type: 'TH' | 'TD'; text: string; style: Style; box: Box }[],
    scope: 'Column' | 'Row',
  ) {
    const made = doc.struct('TR');
    table.add(made);
    for (const { type, text, style, box } of cells)
      leaf(made, type, text, style, box, type === 'TH' ? scope : undefined);
    made.end();
    y += Math.max(...cells.map(({ text, style, box }) => heightOf(text, style, box)));
  }

  function facts(rows: readonly (readonly [string, string])[]): void {
    const table = doc.struct('Table');
    root.add(table);
    const width = Math.max(...rows.map(([label]) => label.length)) * 5 + 12;
    for (const [label, value] of rows) {
      const valueBox = { x: MARGIN + width, width: full - width };
      room(heightOf(value, 'strong', valueBox));
      row(
        table,
        [
          { type: 'TH', text: label, style: 'muted', box: { x: MARGIN, width } },
          { type: 'TD', text: value, style: 'strong', box: valueBox },
        ],
        'Row',
      );
      y += 2;
    }
    table.end();
  }

  function sides(groups: readonly { heading: string; lines: readonly string[] }[]): void {
    const width = (full - GAP * (groups.length - 1)) / groups.length;
    const boxes = groups.map((_, index) => ({ x: MARGIN + index * (width + GAP), width }));
    const start = y + 14;
    room(14 + 100);
    const top = Math.max(TOP, Math.min(start, y + 14));
    let lowest = top;
    groups.forEach(({ heading, lines }, index) => {
      const box = boxes[index] ?? { x: MARGIN, width };
      y = top;
      leaf(root, 'H2', heading, 'h2', box);
      y += heightOf(heading, 'h2', box) + 3;
      lines.forEach((line, at) => {
        const style = at === 0 ? 'strong' : 'body';
        leaf(root, 'P', line, style, box);
        y += heightOf(line, style, box);
      });
      lowest = Math.max(lowest, y);
    });
    y = lowest + 18;
  }

  function tableOf({ columns, rows }: Extract<PdfBlock, { kind: 'table' }>): void {
    const left = full - columns.reduce((sum, column) => sum + (column.width ?? 0), 0);
    let x = MARGIN;
    const boxes = columns.map(({ width = left, align }) => {
      const box: Box = { x, width: width - PAD, ...(align ? { align } : {}) };
      x += width;
      return box;
    });
    const boxOf = (index: number) => boxes[index] ?? { x: MARGIN, width: full };
    const table = doc.struct('Table');
    root.add(table);
    const head = () => {
      y += PAD;
      row(
        table,
        columns.map(({ title }, i) => ({ type: 'TH', text: title, style: 'strong', box: boxOf(i) })),
        'Column',
      );
      y += PAD;
      across(colour, 1.2);
    };
    room(60);
    head();
    for (const cells of rows) {
      const height = Math.max(...cells.map((text, i) => heightOf(text, 'body', boxOf(i))));
      if (room(height + 2 * PAD)) head();
      y += PAD;
      row(
        table,
        cells.map((text, i) => ({ type: 'TD', text, style: 'body', box: boxOf(i) })),
        'Row',
      );
      y += PAD;
      across(LINE, 0.4);
    }
    table.end();
  }

  function sums(rows: Extract<PdfBlock, { kind: 'sums' }>['rows']): void {
    const table = doc.struct('Table');
    root.add(table);
    const half = full / 2;
    for (const { label, amount, isTotal } of rows) {
      const style: Style = isTotal ? 'total' : 'body';
      const box = { x: MARGIN, width: half };
      room(heightOf(label, style, box) + 6);
      y += isTotal ? 6 : 3;
      row(
        table,
        [
          { type: 'TH', text: label, style, box },
          { type: 'TD', text: amount, style, box: { x: MARGIN + half, width: half, align: 'right' } },
        ],
        'Row',
      );
    }
    table.end();
    y += 4;
  }

  function picture({ png, alt, size, above, below }: Extract<PdfBlock, { kind: 'picture' }>): void {
    room(size + 50);
    const box = { x: MARGIN, width: size, align: 'center' } as const;
    y += 12;
    leaf(root, 'P', above, 'muted', box);
    y += heightOf(above, 'muted', box);
    const figure = doc.struct('Figure', { alt });
    root.add(figure);
    const content = doc.markStructureContent('Figure');
    doc.image(png, MARGIN, y, { fit: [size, size] });
    doc.endMarkedContent();
    figure.add(content);
    figure.end();
    y += size;
    leaf(root, 'P', below, 'muted', box);
    y += heightOf(below, 'muted', box) + 8;
  }

  function write(block: PdfBlock): void {
    switch (block.kind) {
      case 'heading':
        return block.level === 1 ? paragraph('H1', block.text, 'h1', 0, 6) : paragraph('H2', block.text, 'h2', 10, 3);
      case 'paragraph':
        return paragraph('P', block.text, 'muted', 2, 2);
      case 'facts':
        return facts(block.rows);
      case 'sides':
        return sides(block.sides);
      case 'table':
        return tableOf(block);
      case 'sums':
        return sums(block.rows);
      case 'rule':
        room(12);
        y += 6;
        across(colour, 0.7);
        y += 6;
        return;
      case 'picture':
        return picture(block);
    }
  }

  /** Heads and feet, once the number of pages is known; the tree is closed. */
  function finish(logo: Buffer | undefined): void {
    root.end();
    const { count } = doc.bufferedPageRange();
    for (let index = 0; index < count; index++) {
      doc.switchToPage(index);
      artifact('Pagination', () => {
        doc.rect(0, 0, doc.page.width, 10).fill(colour);
        if (logo) doc.image(logo, MARGIN, 20, { fit: [150, 40] });
        else doc.font('medium').fontSize(15).fillColor(INK).text(brand.name, MARGIN, 28, { width: full });
        y = doc.page.height - BOTTOM + 16;
        doc
          .moveTo(MARGIN, y)
          .lineTo(MARGIN + full, y)
          .lineWidth(0.7)
          .stroke(colour);
        doc
          .font('regular')
          .fontSize(8)
          .fillColor(MUTED)
          .text(legalLine(brand), MARGIN, y + 6, { width: full - 60 });
        doc.text(`${index + 1} / ${count}`, MARGIN + full - 50, y + 6, { width: 50, align: 'right' });
      });
    }
  }

  return { write, finish };
}
