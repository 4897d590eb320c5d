import { describe, expect, it } from 'vitest';
import { createThemes, THEME_ASSET_PREFIX } from './index.ts';
import { THEMES_ROOT } from './testing.ts';

const themes = createThemes({ root: THEMES_ROOT, production: false });

describe('theme assets', () => {
  it('serves stylesheets and pictures with type and tag', () => {
    expect(themes.readAsset('marea', 'tokens.css')).toMatchObject({ contentType: 'text/css; charset=utf-8' });
    expect(themes.readAsset('meridiano', 'assets/hero.svg')?.etag).toMatch(/^"[0-9a-f]{20}"$/);
  });

  it('gives addresses with the hash of the content, the shared stylesheet from its own theme', () => {
    expect(themes.assetUrl('marea', 'theme.css')).toMatch(
      new RegExp(`^${THEME_ASSET_PREFIX}/marea/theme\\.css\\?v=[0-9a-f]{12}$`),
    );
    expect(themes.assetUrl('marea', 'base.css')).toContain(`${THEME_ASSET_PREFIX}/base/base.css?v=`);
    expect(() => themes.assetUrl('marea', 'nowhere.css')).toThrow('no public file');
  });

  it.each([
    ['marea', '../base/base.css'],
    ['marea', 'assets/../../base/base.css'],
    ['marea', 'assets/..%2f..%2fpackage.json'],
    ['marea', '/etc/passwd'],
    ['marea', 'assets//hero.svg'],
    ['marea', 'assets/hero.svg\0.css'],
    ['marea', 'theme.json'],
    ['base', 'templates/shell.hbs'],
    ['base', 'locales/en.json'],
    ['..', 'package.json'],
    ['../themes/marea', 'tokens.css'],
    ['marea', 'assets\\hero.svg'],
  ])('refuses %s %s', (theme, path) => {
    expect(themes.readAsset(theme, path)).toBeUndefined();
  });

  it('lists the themes a brand can choose, with inherited settings', () => {
    expect(themes.list().map((theme) => theme.name)).toEqual(['marea', 'meridiano']);
    expect(themes.get('meridiano').settings).toHaveProperty('logoUrl');
    expect(() => themes.get('../base')).toThrow('There is no theme');
  });

  it('falls back to English and to the parent for texts', () => {
    expect(themes.translations('marea', 'fr')['auth.aside']).toBe('The sea is calling. Shall we go?');
    expect(themes.translations('marea', 'es-AR')['error.home']).toBe('Ir al inicio');
  });
});
