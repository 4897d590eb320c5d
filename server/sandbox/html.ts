const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** A piece of markup that is safe to put in a page as it is. */
export interface Markup {
  readonly markup: string;
}

function render(value: string | number | Markup | Markup[] | null): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.map((item) => item.markup).join('');
  return typeof value === 'object' ? value.markup : escapeHtml(String(value));
}

/** Template tag: everything put in is escaped unless it is markup already. */
export function html(parts: TemplateStringsArray, ...values: (string | number | Markup | Markup[] | null)[]): Markup {
  return {
    markup: parts.map((part, index) => part + (index < values.length ? render(values[index] ?? null) : '')).join(''),
  };
}
