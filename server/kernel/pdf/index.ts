export { brandColour, brandedPage, legalLine, rule, type PdfBrand } from './branded-page.ts';
export { plainText, type PdfBlock } from './block.ts';
export { renderPdf, type PdfContent, type PdfDocument, type PdfNode } from './render-pdf.ts';
export { renderTaggedPdf, type TaggedDocument } from './render-tagged-pdf.ts';
