/** What stands in an element: text, a number as it is written, or elements; what is undefined is left out. */
export type XmlContent = string | readonly (XmlElement | undefined)[];

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: XmlContent;
}

/** An element by its qualified name. */
export const element = (
  name: string,
  content: XmlContent,
  attributes: Readonly<Record<string, string>> = {},
): XmlElement => ({ name, attributes, content });

/** Signs that XML 1.0 has no way to write: controls other than tab and line ends, halves of a pair, non-characters. */
const ILLEGAL = /(?![\t\n\r])[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escape = (text: string): string =>
  text.replaceAll(ILLEGAL, '').replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);

function write({ name, attributes, content }: XmlElement, indent: string): string {
  const opening = `${indent}<${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escape(value)}"`)
    .join('')}>`;
  if (typeof content === 'string') return `${opening}${escape(content)}</${name}>\n`;
  const inner = content.map((child) => (child ? write(child, `${indent}  `) : '')).join('');
  return `${opening}\n${inner}${indent}</${name}>\n`;
}

/**
 * A document in UTF-8, indented. Every text is escaped; nothing given can become markup.
 * @param comment of the program's own, at the head; without `--`
 */
export const writeXml = (root: XmlElement, comment?: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${comment === undefined ? '' : `<!-- ${comment} -->\n`}${write(root, '')}`;
