import path from 'node:path';
import type PdfMake from 'pdfmake';
import { FONT_FOLDER, fontFile } from './fonts.ts';

/** Text or a node of pdfmake's document definition. */
export type PdfContent = string | PdfNode | readonly PdfContent[];
export type PdfNode = Readonly<Record<string, unknown>>;

export interface PdfDocument {
  /** Shown by readers instead of the file name. */
  readonly title: string;
  readonly author: string;
  /** BCP 47, for screen readers. */
  readonly language: string;
  /** Fixed, so that the same document gives the same bytes. */
  readonly createdAt: Date;
  readonly content: PdfContent;
  readonly styles?: Readonly<Record<string, PdfNode>>;
  readonly header?: PdfNode;
  readonly footer?: (page: number, pages: number) => PdfNode;
  readonly pageMargins?: readonly [left: number, top: number, right: number, bottom: number];
}

let loaded: Promise<typeof PdfMake> | undefined;

/** Loaded with the first document: a quarter of a second and 26 MB that most processes never need. */
function loadPdfMake(): Promise<typeof PdfMake> {
  loaded ??= import('pdfmake').then(({ default: pdfMake }) => {
    prepare(pdfMake);
    return pdfMake;
  });
  return loaded;
}

/** Nothing but the fonts may be read: no other file, and no address a text might name. */
function prepare(pdfMake: typeof PdfMake): void {
  pdfMake.setFonts({
    Roboto: {
      normal: fontFile('Regular'),
      bold: fontFile('Medium'),
      italics: fontFile('Italic'),
      bolditalics: fontFile('MediumItalic'),
    },
  });
  pdfMake.setUrlAccessPolicy(() => false);
  pdfMake.setLocalAccessPolicy((file) => path.dirname(path.resolve(file)) === FONT_FOLDER);
}

/**
 * Renders an A4 document to PDF 1.7 with title, author, language and creation date in its metadata. CPU work of some tens of
 * milliseconds on the calling thread.
 */
export async function renderPdf(document: PdfDocument): Promise<Buffer> {
  const pdfMake = await loadPdfMake();
  const { title, author, language, createdAt, content, styles, header, footer, pageMargins } = document;
  const definition = {
    version: '1.7',
    pageSize: 'A4',
    pageMargins: pageMargins ?? [48, 48, 48, 64],
    language,
    displayTitle: true,
    info: { title, author, creator: author, producer: author, creationDate: createdAt, modDate: createdAt },
    defaultStyle: { font: 'Roboto', fontSize: 10, lineHeight: 1.25, color: '#1c2430' },
    styles,
    header,
    footer,
    content,
  };
  return pdfMake.createPdf(definition).getBuffer();
}
