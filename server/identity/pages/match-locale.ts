const MOST_TAGS = 20;

/** The first language of a list such as `pt-BR es-MX en` (BCP 47 tags, best first) that is one of ours: as it stands, or without its region. */
export function matchLocale(ours: readonly string[], wanted: unknown): string | undefined {
  if (typeof wanted !== 'string') return undefined;
  for (const tag of wanted.toLowerCase().split(' ', MOST_TAGS)) {
    const found = ours.find((code) => code.toLowerCase() === tag) ?? ours.find((code) => code === tag.split('-')[0]);
    if (found) return found;
  }
  return undefined;
}
