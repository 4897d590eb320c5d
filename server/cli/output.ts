import { AppError } from '../kernel/errors.ts';
import { ConfigError } from '../kernel/config.ts';

/** Exit codes: 0 done, 1 failed, 2 wrong usage, 78 bad configuration. */
export const EXIT = { done: 0, failed: 1, usage: 2, config: 78 } as const;

/** Problems of the caller's own making: they are usage, not failure. */
const USAGE_STATUS = 400;

/** Prints a result: for programs with --json, for people otherwise. */
export function print(json: boolean, data: unknown, lines: () => string[]): void {
  if (json) console.log(JSON.stringify(data));
  else for (const line of lines()) console.log(line);
}

/** One clear line for whatever went wrong, and the exit code. */
export function report(error: unknown, json: boolean): number {
  const message = error instanceof AppError || error instanceof ConfigError ? error.message : describe(error);
  if (json) console.error(JSON.stringify({ error: error instanceof AppError ? error.code : 'failed', message }));
  else console.error(`✖ ${message}`);
  if (error instanceof ConfigError) return EXIT.config;
  return error instanceof AppError && error.status === USAGE_STATUS ? EXIT.usage : EXIT.failed;
}

function describe(error: unknown): string {
  const fault = error as NodeJS.ErrnoException & { errors?: Error[] };
  if (fault.code === 'ECONNREFUSED') return 'The database does not answer. Is Portolan up? Try: npm run up';
  return (fault.message || String(fault.errors?.[0]?.message ?? error)).split('\n')[0] ?? 'failed';
}

/** A table of plain text, columns as wide as their widest cell. */
export function table(headers: string[], rows: string[][]): string[] {
  const widths = headers.map((header, column) =>
    Math.max(header.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(headers), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)];
}
