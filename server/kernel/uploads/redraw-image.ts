import { fileTypeFromBuffer } from 'file-type';
import type { Sharp } from 'sharp';
import { defineProblem } from '../errors.ts';

/** What a picture becomes: it is drawn anew to fit `width` × `height`, never larger than it is. */
export interface ImageForm {
  readonly format: 'png' | 'webp';
  readonly width: number;
  readonly height: number;
}

export interface RedrawnImage {
  readonly data: Buffer;
  readonly contentType: 'image/png' | 'image/webp';
  readonly width: number;
  readonly height: number;
}

export const NotAnImage = defineProblem({
  code: 'upload.not_an_image',
  status: 422,
  title: 'The file is not a picture we can draw',
  detail: (x: { why: string }) => `${x.why} Send a PNG, JPEG, WebP or SVG picture.`,
});
export const ImageTooLarge = defineProblem({
  code: 'upload.image_too_large',
  status: 422,
  title: 'The picture has too many pixels',
  detail: (x: { megapixels: number }) => `Send a picture of at most ${x.megapixels} megapixels.`,
});

const MAX_MEGAPIXELS = 25;
const MAX_SVG_BYTES = 256 * 1024;
const MAX_SECONDS = 5;
const READ = new Set(['image/png', 'image/jpeg', 'image/webp']);

/**
 * Draws a picture anew: what comes out holds its pixels and nothing else of the file, no metadata (a place among them), no script, no second
 * format hidden behind the first. The kind of file is told by its content. An SVG becomes pixels; it can load nothing.
 * @throws NotAnImage, ImageTooLarge
 */
export async function redrawImage(data: Buffer, form: ImageForm): Promise<RedrawnImage> {
  const isSvg = looksLikeSvg(data);
  if (isSvg) checkSvg(data);
  else {
    const kind = await fileTypeFromBuffer(data).catch(() => undefined);
    if (!kind || !READ.has(kind.mime))
      throw NotAnImage({ why: kind ? `This is ${kind.mime}.` : 'Its content says nothing.' });
  }
  // Loaded with the first picture: most processes never draw one.
  const { default: sharp } = await import('sharp');
  // One thread of the pool that password hashes and files need too.
  sharp.concurrency(1);
  sharp.cache(false);
  const open = (): Sharp =>
    sharp(data, {
      limitInputPixels: MAX_MEGAPIXELS * 1_000_000,
      failOn: 'error',
      sequentialRead: true,
      animated: false,
    });
  const size = await open()
    .metadata()
    .catch((error: Error) => {
      throw /pixel limit/i.test(error.message) ? ImageTooLarge({ megapixels: MAX_MEGAPIXELS }) : broken();
    });
  if (size.width * size.height > MAX_MEGAPIXELS * 1_000_000) throw ImageTooLarge({ megapixels: MAX_MEGAPIXELS });
  const fitted = open()
    .rotate()
    .resize({ width: form.width, height: form.height, fit: 'inside', withoutEnlargement: !isSvg })
    .timeout({ seconds: MAX_SECONDS });
  const encoded = form.format === 'png' ? fitted.png({ compressionLevel: 9 }) : fitted.webp({ quality: 82 });
  const drawn = await encoded.toBuffer({ resolveWithObject: true }).catch(() => {
    throw broken();
  });
  return { data: drawn.data, contentType: `image/${form.format}`, width: drawn.info.width, height: drawn.info.height };
}

const broken = () => NotAnImage({ why: 'It is damaged.' });

const looksLikeSvg = (data: Buffer): boolean =>
  /^(?:\uFEFF)?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--[\s\S]{0,2000}?-->\s*|<!DOCTYPE[^>[]{0,300}(?:\[[\s\S]{0,2000})?>?\s*)*<svg[\s>]/.test(
    data.subarray(0, 8192).toString('utf8'),
  );

/** What a drawing has no use for is refused rather than left to the renderer to ignore. */
function checkSvg(data: Buffer): void {
  if (data.length > MAX_SVG_BYTES) throw NotAnImage({ why: `An SVG may have ${MAX_SVG_BYTES / 1024} KB.` });
  const text = data.toString('utf8');
  const fault = [
    { found: /<!ENTITY|<!DOCTYPE[^>]*\[/i, why: 'It declares entities.' },
    {
      found: /<\s*(?:[\w-]+:)?(?:script|foreignObject|iframe|object|embed|handler|set|animate\w*)\b/i,
      why: 'It holds scripts or foreign content.',
    },
    { found: /\son[a-z]+\s*=/i, why: 'It holds event handlers.' },
    { found: /(?:href|src)\s*=\s*(?:["']\s*)?(?!["']?#)[^"'\s>]/i, why: 'It points to something outside itself.' },
    {
      found: /@import|url\(\s*(?:["']\s*)?(?!#)[^)"'\s]|<\?xml-stylesheet|xi:include/i,
      why: 'It loads something from elsewhere.',
    },
  ].find(({ found }) => found.test(text));
  if (fault) throw NotAnImage({ why: fault.why });
}
