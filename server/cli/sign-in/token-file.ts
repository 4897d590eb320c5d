import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';

const Saved = z.object({
  /** Origin of the host that was signed in to, e.g. `http://aurora.localhost:8080`. */
  origin: z.url(),
  accessToken: z.string(),
  refreshToken: z.string(),
  /** When the access token ends, milliseconds since the epoch. */
  accessExpiresAt: z.number(),
});
export type SavedTokens = z.infer<typeof Saved>;

/** Where the command line keeps its tokens (XDG Base Directory Specification). */
export const tokenFile = (): string =>
  path.join(process.env.XDG_CONFIG_HOME || path.join(homedir(), '.config'), 'portolan', 'tokens.json');

/** The tokens of the last sign-in; undefined when there are none that can be read. */
export async function readTokens(): Promise<SavedTokens | undefined> {
  const text = await readFile(tokenFile(), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return Saved.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Keeps tokens for their owner's eyes only; whole or not at all. */
export async function saveTokens(tokens: SavedTokens): Promise<void> {
  const file = tokenFile();
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(tokens, null, 2)}\n`, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, file);
}

export const forgetTokens = (): Promise<void> => rm(tokenFile(), { force: true });
