import {
  contrastRatio,
  leastContrast,
  MINIMUM_TEXT_CONTRAST,
  mixColours,
  mostReadable,
  nearestShade,
  normaliseColour,
} from './colour.ts';
import { safeImageUrl } from './brand.ts';
import type { BrandSettings } from './brand.ts';
import type { ColourSetting, ThemeManifest, ThemeSetting } from './manifest.ts';

export type Tokens = Readonly<Record<string, string>>;

/** What `validateBrandSettings` reports: `suggestion` is a value that would be accepted. */
export type SettingFinding = {
  code:
    | 'setting_unknown'
    | 'setting_not_overridable'
    | 'setting_colour_invalid'
    | 'setting_contrast_low'
    | 'setting_url_invalid'
    | 'setting_text_too_long'
    | 'setting_option_unknown';
  setting: string;
  message: string;
  ratio?: number;
  suggestion?: string;
};

/** Reads `tokens.css`: declarations of custom properties inside `:root`, comments left out. */
export function parseTokens(css: string): Tokens {
  const tokens: Record<string, string> = {};
  const bare = css.replace(/\/\*[\s\S]*?\*\//g, '');
  for (const [, name, value] of bare.matchAll(/(--[a-z0-9-]+)\s*:\s*([^;]+);/g)) {
    if (name !== undefined && value !== undefined) tokens[name] = value.trim();
  }
  return tokens;
}

const at = (tokens: Tokens, name: string): string => tokens[name] ?? '#000000';

/** A colour's least text contrast in the role it plays; the pairs that count are those the class names draw. */
function contrastInRole(role: ColourSetting['role'], colour: string, tokens: Tokens): number {
  switch (role) {
    case 'primary': {
      const text = mostReadable(colour, ['#ffffff', at(tokens, '--color-heading')]);
      return Math.min(
        leastContrast(colour, [at(tokens, '--color-bg'), at(tokens, '--color-surface')]),
        contrastRatio(text, colour),
      );
    }
    case 'accent':
    case 'hero':
      return contrastRatio(mostReadable(colour, ['#ffffff', at(tokens, '--color-heading')]), colour);
    case 'ground':
      return leastContrast(colour, [
        at(tokens, '--color-text'),
        at(tokens, '--color-text-muted'),
        at(tokens, '--color-heading'),
        at(tokens, '--color-primary'),
        at(tokens, '--color-link'),
      ]);
  }
}

/** The nearest readable shade of a brand's colour: lighter for a ground, darker for anything else. */
export function mendColour(role: ColourSetting['role'], colour: string, tokens: Tokens): string | undefined {
  const readable = (shade: string): boolean => contrastInRole(role, shade, tokens) >= MINIMUM_TEXT_CONTRAST;
  return nearestShade(colour, role === 'ground' ? '#ffffff' : '#000000', readable);
}

function tokensOfColour(role: ColourSetting['role'], colour: string, tokens: Tokens): Tokens {
  const ink = at(tokens, '--color-heading');
  const text = mostReadable(colour, ['#ffffff', ink]);
  const soft = mixColours(colour, at(tokens, '--color-surface'), 0.88);
  switch (role) {
    case 'primary': {
      const grounds = [at(tokens, '--color-bg'), at(tokens, '--color-surface'), soft];
      const reads = (shade: string): boolean => leastContrast(shade, grounds) >= MINIMUM_TEXT_CONTRAST;
      return {
        '--color-primary': colour,
        '--color-on-primary': text,
        '--color-primary-strong': mixColours(colour, text === '#ffffff' ? '#000000' : '#ffffff', 0.26),
        '--color-primary-soft': soft,
        '--color-link': nearestShade(colour, '#000000', reads) ?? ink,
      };
    }
    case 'accent':
      return { '--color-accent': colour, '--color-on-accent': text, '--color-accent-soft': soft };
    case 'hero':
      return { '--color-hero': colour, '--color-on-hero': text };
    case 'ground':
      return { '--color-bg': colour };
  }
}

function tokensOfSetting(setting: ThemeSetting, value: string, tokens: Tokens): Tokens {
  switch (setting.type) {
    case 'color': {
      const colour = normaliseColour(value);
      const readable = colour === undefined ? undefined : mendColour(setting.role, colour, tokens);
      return readable === undefined || readable === setting.default
        ? {}
        : tokensOfColour(setting.role, readable, tokens);
    }
    case 'image': {
      const url = safeImageUrl(value);
      return setting.token === undefined || url === undefined ? {} : { [setting.token]: `url("${url}")` };
    }
    case 'select':
      return setting.options.find((option) => option.value === value)?.tokens ?? {};
    case 'text':
      return {};
  }
}

/** Token overrides of a brand. A stored colour that is not readable is replaced by its nearest readable shade. */
export function brandTokens(manifest: ThemeManifest, tokens: Tokens, settings: BrandSettings): Tokens {
  let overrides: Tokens = {};
  // Grounds first: the other colours are judged on the ground they will lie on.
  const entries = Object.entries(manifest.settings).sort(([, a], [, b]) => Number(isGround(b)) - Number(isGround(a)));
  for (const [name, setting] of entries) {
    const value = settings[name];
    if (value === undefined || value === '' || !setting.brandMayOverride) continue;
    overrides = { ...overrides, ...tokensOfSetting(setting, value, { ...tokens, ...overrides }) };
  }
  return overrides;
}

const isGround = (setting: ThemeSetting): boolean => setting.type === 'color' && setting.role === 'ground';

/** Every fault of a brand's settings against its theme; an empty list means they may be published. */
export function findSettingFaults(manifest: ThemeManifest, tokens: Tokens, settings: BrandSettings): SettingFinding[] {
  const findings: SettingFinding[] = [];
  const ground = Object.entries(manifest.settings).find(([, setting]) => isGround(setting));
  const chosen = ground === undefined ? undefined : normaliseColour(settings[ground[0]]);
  const onGround: Tokens = chosen === undefined ? tokens : { ...tokens, '--color-bg': chosen };
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined || value === '') continue;
    const setting = manifest.settings[name];
    if (setting === undefined) {
      findings.push({
        code: 'setting_unknown',
        setting: name,
        message: `Theme "${manifest.name}" has no setting "${name}"; it has ${Object.keys(manifest.settings).join(', ')}.`,
      });
    } else if (!setting.brandMayOverride) {
      findings.push({
        code: 'setting_not_overridable',
        setting: name,
        message: `"${name}" belongs to theme "${manifest.name}" and a brand may not change it; remove it.`,
      });
    } else {
      const fault = faultOfValue(name, setting, value, isGround(setting) ? tokens : onGround);
      if (fault !== undefined) findings.push(fault);
    }
  }
  return findings;
}

function faultOfValue(name: string, setting: ThemeSetting, value: string, tokens: Tokens): SettingFinding | undefined {
  switch (setting.type) {
    case 'color':
      return faultOfColour(name, setting, value, tokens);
    case 'image':
      if (safeImageUrl(value) !== undefined) return undefined;
      return {
        code: 'setting_url_invalid',
        setting: name,
        message: `"${name}" must be an http(s) address or a path starting with "/", without spaces, quotes or brackets.`,
      };
    case 'text':
      if ([...value].length <= setting.maxLength) return undefined;
      return {
        code: 'setting_text_too_long',
        setting: name,
        message: `"${name}" has ${[...value].length} characters; shorten it to ${setting.maxLength}.`,
      };
    case 'select':
      if (setting.options.some((option) => option.value === value)) return undefined;
      return {
        code: 'setting_option_unknown',
        setting: name,
        message: `"${name}" is not one of ${setting.options.map((option) => option.value).join(', ')}.`,
      };
  }
}

function faultOfColour(
  name: string,
  setting: ColourSetting,
  value: string,
  tokens: Tokens,
): SettingFinding | undefined {
  const colour = normaliseColour(value);
  if (colour === undefined) {
    return {
      code: 'setting_colour_invalid',
      setting: name,
      message: `"${name}" must be a colour like ${setting.default}.`,
    };
  }
  const ratio = Math.floor(contrastInRole(setting.role, colour, tokens) * 100) / 100;
  if (ratio >= MINIMUM_TEXT_CONTRAST) return undefined;
  const suggestion = mendColour(setting.role, colour, tokens);
  return {
    code: 'setting_contrast_low',
    setting: name,
    ratio,
    ...(suggestion === undefined ? {} : { suggestion }),
    message:
      `"${name}" ${colour} gives text a contrast of ${ratio.toFixed(2)}:1, below ${MINIMUM_TEXT_CONTRAST}:1` +
      (suggestion === undefined
        ? '; choose another colour.'
        : `; ${suggestion} is the nearest shade that is readable.`),
  };
}
