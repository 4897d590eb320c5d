// pdfkit 0.19 ships no types; these are the parts used here: https://pdfkit.org
declare module 'pdfkit' {
  /** A stretch of a page's content that a structure element may own. */
  export interface StructureContent {
    readonly kind?: 'content';
  }
  export interface StructureElement {
    add(child: StructureElement | StructureContent): StructureElement;
    end(): StructureElement;
  }
  interface TextOptions {
    width?: number;
    align?: 'left' | 'right' | 'center';
    lineGap?: number;
  }
  class PDFDocument {
    constructor(options: object);
    y: number;
    readonly page: { readonly width: number; readonly height: number };
    registerFont(name: string, path: string): this;
    font(name: string): this;
    fontSize(size: number): this;
    fillColor(colour: string): this;
    text(text: string, x: number, y: number, options: TextOptions): this;
    heightOfString(text: string, options: TextOptions): number;
    rect(x: number, y: number, width: number, height: number): this;
    moveTo(x: number, y: number): this;
    lineTo(x: number, y: number): this;
    lineWidth(width: number): this;
    fill(colour: string): this;
    stroke(colour: string): this;
    image(source: Buffer, x: number, y: number, options: { fit: [number, number] }): this;
    addPage(): this;
    bufferedPageRange(): { start: number; count: number };
    switchToPage(index: number): this;
    struct(type: string, options?: { alt?: string; scope?: 'Column' | 'Row' }): StructureElement;
    addStructure(element: StructureElement): this;
    markStructureContent(tag: string): StructureContent;
    markContent(tag: 'Artifact', options: { type: 'Layout' | 'Pagination' }): this;
    endMarkedContent(): this;
    on(event: 'data', listener: (chunk: Buffer) => void): this;
    on(event: 'end', listener: () => void): this;
    end(): void;
  }
  export default PDFDocument;
}
