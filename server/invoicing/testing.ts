/** An element of a document that is read back in a test. */
export interface ReadElement {
  name: string;
  attributes: Record<string, string>;
  text: string;
  children: ReadElement[];
}

const unescape = (text: string) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

/** From ` name="value" other="value"`. */
function readAttributes(text: string): Record<string, string> {
  const parts = text.split('"');
  const names = parts.filter((_, index) => index % 2 === 0).map((part) => part.replace('=', '').trim());
  return Object.fromEntries(names.slice(0, -1).map((name, index) => [name, unescape(parts[2 * index + 1] ?? '')]));
}

/** Reads well-formed XML without comments, CDATA or empty-element tags, which is what `writeXml` writes. Throws at what is none. */
export function readXml(xml: string): ReadElement {
  const top: ReadElement = { name: '', attributes: {}, text: '', children: [] };
  const open = [top];
  for (const [, closing, name = '', attributes = '', text = ''] of xml.matchAll(/<(\/?)([\w:]+)(\s[^<>]*)?>([^<]*)/g)) {
    if (closing) {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes another element`);
      continue;
    }
    const made = { name, attributes: readAttributes(attributes), text: unescape(text.trim()), children: [] };
    open.at(-1)?.children.push(made);
    open.push(made);
  }
  const root = top.children[0];
  if (open.length !== 1 || !root) throw new Error('the document is not closed');
  return root;
}

/** Elements below an element by a path of local names, for example `LegalMonetaryTotal/PayableAmount`. */
export function elementsAt(from: ReadElement, path: string): ReadElement[] {
  return path
    .split('/')
    .reduce<ReadElement[]>(
      (found, step) =>
        found.flatMap(({ children }) => children.filter(({ name }) => name.replace(/^\w+:/, '') === step)),
      [from],
    );
}
