import multer from '@koa/multer';
import type { Context } from 'koa';
import { defineProblem } from '../errors.ts';
import { BodyIncomplete, BodyTooLarge, linger, sizeText } from '../http/read-body.ts';

/** A file of a multipart form. What the sender calls it and says it is, is not kept: neither can be believed. */
export interface Upload {
  readonly data: Buffer;
}

export const UploadMalformed = defineProblem({
  code: 'upload.malformed',
  status: 400,
  title: 'The form could not be read',
  detail: (x: { field: string }) =>
    `Send multipart/form-data with one file in the field "${x.field}" and short texts beside it.`,
});

/** Room for boundaries, headers and the texts beside the file. */
const FORM_BYTES = 16 * 1024;

type Receive = (ctx: Context, next: () => Promise<void>) => Promise<unknown>;
const receivers = new Map<string, Receive>();

function receiverOf({ field, maxBytes }: { field: string; maxBytes: number }): Receive {
  const key = `${field}:${maxBytes}`;
  const known = receivers.get(key);
  if (known) return known;
  const limits = {
    fileSize: maxBytes,
    files: 1,
    fields: 8,
    fieldSize: 1024,
    fieldNameSize: 64,
    parts: 9,
    headerPairs: 16,
  };
  const made = multer({ storage: multer.memoryStorage(), limits }).single(field);
  receivers.set(key, made);
  return made;
}

/**
 * Reads a multipart form with one file, into memory, never more than `maxBytes` of it.
 * @throws BodyTooLarge, UploadMalformed, BodyIncomplete
 */
export async function readUpload(
  ctx: Context,
  form: { field: string; maxBytes: number },
): Promise<Record<string, unknown>> {
  const tooLarge = () => BodyTooLarge({ limit: `a file of ${sizeText(form.maxBytes)}` });
  if (Number(ctx.get('content-length') || 0) > form.maxBytes + FORM_BYTES) {
    linger(ctx.req);
    throw tooLarge();
  }
  try {
    await receiverOf(form)(ctx, async () => undefined);
  } catch (error) {
    linger(ctx.req);
    const { code, message } = error as { code?: string; message?: string };
    if (code === 'LIMIT_FILE_SIZE') throw tooLarge();
    if (ctx.req.destroyed || /aborted|unexpected end/i.test(message ?? '')) throw BodyIncomplete();
    throw UploadMalformed(form);
  }
  const { file, request } = ctx as unknown as {
    file?: { buffer: Buffer };
    request: { body?: Record<string, unknown> };
  };
  // multer's object has no prototype; its names are checked by the route's schema.
  return { ...request.body, ...(file ? { [form.field]: { data: file.buffer } satisfies Upload } : {}) };
}
