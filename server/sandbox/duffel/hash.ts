import { randomBytes } from 'node:crypto';

export type HashPart = string | number;

/** FNV-1a with a final avalanche: 32 well mixed bits of the parts, the same on every machine. */
export function hash32(...parts: readonly HashPart[]): number {
  let state = 0x811c9dc5;
  for (const part of parts) {
    const text = `${part}|`;
    for (let at = 0; at < text.length; at += 1) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  }
  state ^= state >>> 16;
  state = Math.imul(state, 0x85ebca6b);
  state ^= state >>> 13;
  state = Math.imul(state, 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

/** A number in [0, 1) decided by the parts. */
export const unit = (...parts: readonly HashPart[]): number => hash32(...parts) / 0x1_0000_0000;

/** A whole number in [low, high] decided by the parts. */
export const between = (low: number, high: number, ...parts: readonly HashPart[]): number =>
  low + (hash32(...parts) % (high - low + 1));

export function pick<T>(list: readonly T[], ...parts: readonly HashPart[]): T {
  const chosen = list[hash32(...parts) % list.length];
  if (chosen === undefined) throw new RangeError('Nothing to pick from an empty list.');
  return chosen;
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Letters and digits decided by the parts, for ids that must come out the same again. */
export function derivedToken(length: number, ...parts: readonly HashPart[]): string {
  let token = '';
  for (let at = 0; at < length; at += 1) token += alphabet[hash32(at, ...parts) % 62];
  return token;
}

export const randomToken = (length: number): string =>
  [...randomBytes(length)].map((byte) => alphabet[byte % 62]).join('');

/** Six characters without look-alikes. */
export const randomReference = (): string =>
  [...randomBytes(6)].map((byte) => 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'[byte % 32]).join('');
