import { createHash } from 'node:crypto';
import { fileTypeFromBuffer } from 'file-type';
import { defineProblem } from '../errors.ts';
import type { FairShare } from '../http/fair-share.ts';
import { redrawImage } from './redraw-image.ts';

export const DocumentRefused = defineProblem({
  code: 'upload.document_refused',
  status: 422,
  title: 'This file cannot be taken',
  detail: (x: { why: string }) => `${x.why} Send a PDF, or a PNG, JPEG or WebP picture, of at most 6 MB.`,
});

/** Large enough that a photographed page stays readable. */
const PAGE = { format: 'png', width: 2400, height: 3400 } as const;
export const MAX_DOCUMENT_BYTES = 6 * 1_048_576;
/** A photograph drawn anew as PNG may be larger than it was. */
const MAX_STORED_BYTES = 8 * 1_048_576;
/** What makes a PDF do something by itself; no paper of a company needs it (ISO 32000-1, 12.6.4). */
const ACTIVE = /\/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b/;

export interface TakenDocument {
  contentType: 'application/pdf' | 'image/png';
  data: Buffer;
  digest: string;
}

/**
 * What is kept of an uploaded paper: a PDF as it is, if it is one by its content and holds nothing that acts; a picture drawn anew.
 * @throws DocumentRefused, NotAnImage, ImageTooLarge, TooManyRequests
 */
export async function takeDocument(drawing: FairShare, tenantId: string, data: Buffer): Promise<TakenDocument> {
  const kind = await fileTypeFromBuffer(data).catch(() => undefined);
  if (kind?.mime === 'application/pdf')
    return { contentType: 'application/pdf', data: checkPdf(data), digest: digestOf(data) };
  const drawn = await drawing.run(tenantId, () => redrawImage(data, PAGE));
  if (drawn.data.length > MAX_STORED_BYTES) throw DocumentRefused({ why: 'The picture is too detailed.' });
  return { contentType: 'image/png', data: drawn.data, digest: digestOf(drawn.data) };
}

function checkPdf(data: Buffer): Buffer {
  if (!data.subarray(-2048).includes('%%EOF')) throw DocumentRefused({ why: 'The PDF is cut off.' });
  if (ACTIVE.test(data.toString('latin1')))
    throw DocumentRefused({ why: 'The PDF holds a script, a form or another file; print it to a plain PDF.' });
  return data;
}

const digestOf = (data: Buffer): string => createHash('sha256').update(data).digest('base64url');
