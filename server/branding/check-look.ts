import { ValidationFailed } from '../kernel/errors.ts';
import type { Themes } from '../themes/index.ts';
import { ThemeUnknown } from './errors.ts';

/** The installed themes, as far as this module asks them. */
export type BrandThemes = Pick<Themes, 'list' | 'validateBrandSettings'>;

/**
 * Checks that a theme is installed and its settings may be published.
 * @throws ThemeUnknown, ValidationFailed with one fault a setting (its mend in the sentence, e.g. the nearest readable shade)
 */
export function checkLook(themes: BrandThemes, theme: string, settings: Record<string, string>): void {
  const installed = themes.list().map(({ name }) => name);
  if (!installed.includes(theme)) throw ThemeUnknown({ theme, installed });
  const findings = themes.validateBrandSettings(theme, settings);
  if (findings.length === 0) return;
  throw ValidationFailed({
    errors: findings.map(({ setting, code, message }) => ({ pointer: `/settings/${setting}`, code, detail: message })),
  });
}
