/** One header as it came, unfolded; names keep their spelling. */
export interface Header {
  name: string;
  value: string;
}

/** Decodes bytes in a named character set; unknown names are read as Latin-1, which never fails. */
export function decodeCharset(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset.trim() || 'utf-8').decode(bytes);
  } catch {
    return Buffer.from(bytes).toString('latin1');
  }
}

/** RFC 2045 quoted-printable, on bytes: soft line ends go, `=XX` becomes a byte. */
export function decodeQuotedPrintable(text: string): Buffer {
  const joined = text.replace(/[ \t]+(?=\r?\n|$)/g, '').replace(/=\r?\n/g, '');
  const bytes: number[] = [];
  for (let index = 0; index < joined.length; index += 1) {
    const hex = joined[index] === '=' ? joined.slice(index + 1, index + 3) : '';
    if (/^[0-9A-Fa-f]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16));
      index += 2;
    } else bytes.push(joined.charCodeAt(index) & 0xff);
  }
  return Buffer.from(bytes);
}

const WORD = /=\?([^?*\s]+)(?:\*[^?\s]*)?\?([BbQq])\?([^?]*)\?=/;

function decodeWord(encoding: string, text: string): Buffer {
  return encoding.toUpperCase() === 'B'
    ? Buffer.from(text, 'base64')
    : decodeQuotedPrintable(text.replaceAll('_', '=20'));
}

/**
 * RFC 2047 encoded words. Neighbours in the same character set are joined as bytes before decoding,
 * because senders split long words in the middle of a letter.
 */
export function decodeWords(value: string): string {
  const pieces: { charset: string | null; bytes: Buffer; text: string }[] = [];
  let rest = value;
  for (let match = WORD.exec(rest); match; match = WORD.exec(rest)) {
    const [whole, charset = '', encoding = '', text = ''] = match;
    const between = rest.slice(0, match.index);
    const previous = pieces.at(-1);
    if (between !== '' && !(previous?.charset && /^\s+$/.test(between)))
      pieces.push({ charset: null, bytes: Buffer.alloc(0), text: between });
    const bytes = decodeWord(encoding, text);
    const neighbour = pieces.at(-1);
    if (neighbour?.charset === charset.toLowerCase()) neighbour.bytes = Buffer.concat([neighbour.bytes, bytes]);
    else pieces.push({ charset: charset.toLowerCase(), bytes, text: '' });
    rest = rest.slice(match.index + whole.length);
  }
  return (
    pieces.map((piece) => (piece.charset ? decodeCharset(piece.bytes, piece.charset) : piece.text)).join('') + rest
  );
}

/** Reads a header block; folded lines are joined. Bytes above 127 are taken as UTF-8 (RFC 6532). */
export function parseHeaders(block: Buffer): Header[] {
  const lines = block
    .toString('utf8')
    .replace(/\r\n/g, '\n')
    .replace(/\n(?=[ \t])/g, '')
    .split('\n');
  return lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return colon > 0 ? [{ name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() }] : [];
  });
}

export function headerOf(headers: readonly Header[], name: string): string | undefined {
  return headers.find((header) => header.name.toLowerCase() === name)?.value;
}

export interface Parameters {
  value: string;
  params: Record<string, string>;
}

function decodePercent(text: string): Buffer {
  return decodeQuotedPrintable(text.replace(/=/g, '=3D').replaceAll('%', '='));
}

/** Joins RFC 2231 pieces (`name*0*=`, `name*1=`) and decodes `charset'language'percent` values. */
function joinPieces(pieces: Map<string, string>): Record<string, string> {
  const groups = new Map<string, { order: number; extended: boolean; text: string }[]>();
  for (const [key, text] of pieces) {
    const [, name = key, order, star] = /^([^*]+)(?:\*(\d+))?(\*)?$/.exec(key) ?? [];
    groups.set(name, [
      ...(groups.get(name) ?? []),
      { order: order === undefined ? -1 : Number(order), extended: star === '*', text },
    ]);
  }
  const params: Record<string, string> = {};
  for (const [name, group] of groups) {
    // A plain value beside an extended one is a fallback for old readers.
    const parts = (
      group.some((part) => part.extended) ? group.filter((part) => part.extended || part.order >= 0) : group
    ).sort((a, b) => a.order - b.order);
    const charset = parts[0]?.extended ? (/^([^']*)'[^']*'/.exec(parts[0].text)?.[1] ?? '') : '';
    const bytes = parts.map((part, index) => {
      const text = index === 0 && part.extended ? part.text.replace(/^[^']*'[^']*'/, '') : part.text;
      return part.extended ? decodePercent(text) : Buffer.from(text, 'utf8');
    });
    params[name] = parts.some((part) => part.extended)
      ? decodeCharset(Buffer.concat(bytes), charset)
      : decodeWords(Buffer.concat(bytes).toString('utf8'));
  }
  return params;
}

/** Splits `text/plain; charset="utf-8"; name*=…` into its value and parameters. */
export function parseParameters(header: string | undefined): Parameters {
  const text = header ?? '';
  const value = (/^[^;]*/.exec(text)?.[0] ?? '').trim().toLowerCase();
  const pieces = new Map<string, string>();
  for (const match of text.matchAll(/;\s*([^\s=;]+)\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;\s]*))/g)) {
    pieces.set((match[1] ?? '').toLowerCase(), match[2]?.replace(/\\(.)/g, '$1') ?? match[3] ?? '');
  }
  return { value, params: joinPieces(pieces) };
}
