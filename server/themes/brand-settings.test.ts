import { describe, expect, it } from 'vitest';
import { contrastRatio } from './colour.ts';
import { createThemes } from './index.ts';
import { buildBrand, THEMES_ROOT } from './testing.ts';

const themes = createThemes({ root: THEMES_ROOT, production: true });

describe("a brand's settings", () => {
  it('accepts readable colours, an image address, a text and an option', () => {
    const settings = {
      primaryColor: '#7a1f5c',
      accentColor: '#fc0',
      logoUrl: '/media/logo.png',
      tagline: 'Al sol',
      corners: 'soft',
    };
    expect(themes.validateBrandSettings('marea', settings)).toEqual([]);
  });

  it.each([
    ['marea', 'primaryColor', '#ffe14d'],
    ['meridiano', 'primaryColor', '#9db8b0'],
    ['meridiano', 'paperColor', '#8a7f6a'],
  ])('refuses %s %s %s, names the ratio and suggests a shade that passes', (theme, setting, value) => {
    const [finding] = themes.validateBrandSettings(theme, { [setting]: value });
    expect(finding).toMatchObject({ code: 'setting_contrast_low', setting });
    expect(finding?.ratio).toBeLessThan(4.5);
    expect(finding?.message).toContain(`${finding?.ratio?.toFixed(2)}:1`);
    expect(themes.validateBrandSettings(theme, { [setting]: finding?.suggestion })).toEqual([]);
  });

  it('never publishes an unreadable colour: the stored one gives way to its nearest readable shade', () => {
    const css = themes.brandCss(buildBrand({ settings: { primaryColor: '#ffe14d' } }));
    const token = (name: string): string => new RegExp(`--color-${name}:(#[0-9a-f]{6})`).exec(css)?.[1] ?? '';
    expect(contrastRatio(token('primary'), '#f1f9fc')).toBeGreaterThanOrEqual(4.5);
    expect(contrastRatio(token('on-primary'), token('primary'))).toBeGreaterThanOrEqual(4.5);
    expect(contrastRatio(token('link'), token('primary-soft'))).toBeGreaterThanOrEqual(4.5);
  });

  it.each([
    ['primaryColor', 'red;}body{display:none', 'setting_colour_invalid'],
    ['primaryColor', '</style><script>', 'setting_colour_invalid'],
    ['primaryColor', '#fff;}@import "//evil.example/x.css";{', 'setting_colour_invalid'],
    ['primaryColor', 'url(http://127.0.0.1/x)', 'setting_colour_invalid'],
    ['accentColor', '#fff}input[value^=a]{background:url(//evil.example/a)}', 'setting_colour_invalid'],
    ['accentColor', '#fff;position:fixed;inset:0', 'setting_colour_invalid'],
    ['corners', 'soft;}body{position:fixed}', 'setting_option_unknown'],
    ['logoUrl', 'javascript:alert(1)', 'setting_url_invalid'],
    ['logoUrl', '//evil.example/x.png', 'setting_url_invalid'],
    ['logoUrl', 'data:image/svg+xml,<svg/>', 'setting_url_invalid'],
    ['heroImageUrl', 'https://x.example/a.png");}body{display:none}', 'setting_url_invalid'],
    ['heroImageUrl', 'https://user:pw@x.example/a.png', 'setting_url_invalid'],
    ['tagline', 'x'.repeat(121), 'setting_text_too_long'],
    ['headingFont', 'Comic Sans', 'setting_option_unknown'],
    ['customCss', 'body{}', 'setting_unknown'],
  ])('I70 refuses %s = %s and lets none of it into the page', (setting, value, code) => {
    expect(themes.validateBrandSettings('marea', { [setting]: value }).map((finding) => finding.code)).toEqual([code]);
    expect(themes.brandCss(buildBrand({ settings: { [setting]: value } }))).toBe('');
  });

  it('keeps what a brand may not override', () => {
    expect(themes.validateBrandSettings('meridiano', { footerColor: '#000000' })[0]?.code).toBe(
      'setting_not_overridable',
    );
    expect(themes.brandCss(buildBrand({ theme: 'meridiano', settings: { footerColor: '#000000' } }))).toBe('');
  });
});
