import { mkdtempSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createThemes } from './index.ts';
import { loadTheme } from './load-theme.ts';
import { THEMES_ROOT } from './testing.ts';

const themes = createThemes({ root: THEMES_ROOT, production: true });
const fixtures = fileURLToPath(new URL('./fixtures', import.meta.url));
const codesOf = (dir: string): string[] => [...new Set(themes.validate(dir).map((finding) => finding.code))];

describe('theme validation', () => {
  it.each(['base', 'meridiano', 'marea'])('finds nothing in %s', (name) => {
    expect(themes.validate(join(THEMES_ROOT, name))).toEqual([]);
  });

  it('finds the same token names in both themes', () => {
    const names = ['meridiano', 'marea'].map((name) =>
      Object.keys(loadTheme(THEMES_ROOT, join(THEMES_ROOT, name)).tokens).sort(),
    );
    expect(names[0]).toEqual(names[1]);
  });

  const others: Record<string, string[]> = { 'template-missing': ['token_missing', 'template_missing'] };
  it.each(readdirSync(fixtures))('reports the one fault of fixture %s by its code', (name) => {
    expect(codesOf(join(fixtures, name))).toEqual(others[name] ?? [name.replaceAll('-', '_')]);
  });

  it('reports an asset that is too large', () => {
    const root = mkdtempSync(join(tmpdir(), 'theme-'));
    try {
      const dir = join(root, 'heavy');
      mkdirSync(join(dir, 'assets'), { recursive: true });
      const label = { en: 'Heavy', es: 'Pesado' };
      const manifest = { name: 'heavy', version: '1.0.0', label, description: label, extends: 'marea', settings: {} };
      writeFileSync(join(dir, 'theme.json'), JSON.stringify(manifest));
      writeFileSync(join(dir, 'assets', 'photo.jpg'), Buffer.alloc(401 * 1024));
      expect(codesOf(dir)).toEqual(['asset_too_large']);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
