export { brandColour, brandedPage, legalLine, rule, type PdfBrand } from './branded-page.ts';
export { renderPdf, type PdfContent, type PdfDocument, type PdfNode } from './render-pdf.ts';
