import path from 'node:path';
import type { Command } from 'commander';
import { paths } from '../../app/paths.ts';
import { createThemes } from '../../themes/index.ts';
import { EXIT, print, report } from '../output.ts';

/** `portolan theme validate`: needs no database, so that a theme can be checked anywhere. */
export function themeCommands(program: Command): void {
  program
    .command('theme')
    .description('looks of storefronts')
    .command('validate <dir>')
    .description('check a theme folder: settings, tokens, contrast, templates, texts, assets')
    .option('--json', 'print JSON')
    .action((dir: string, options: { json?: boolean }) => {
      const json = Boolean(options.json);
      try {
        const findings = createThemes({ root: paths.themes, production: true }).validate(path.resolve(dir));
        print(json, findings, () =>
          findings.length === 0
            ? [`✔ ${dir}: nothing to mend`]
            : findings.map(({ code, file, message }) => `✖ ${file}: ${message} [${code}]`),
        );
        if (findings.length > 0) process.exitCode = EXIT.failed;
      } catch (error) {
        process.exitCode = report(error, json);
      }
    });
}
