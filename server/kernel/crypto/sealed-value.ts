import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** `v1.<payload>`, `v2.<key version>.<payload>`; an `r` after the version says that the value is bound to its row. */
const FORM = /^(?:v1|v2\.(?<version>\d{1,6})(?<bound>r?))\.(?<payload>[A-Za-z0-9_-]{38,})$/;

/** A stored value that its key does not open: changed, moved to another cell, or sealed for somebody else. Says nothing of its content. */
export class SealBroken extends Error {
  override name = 'SealBroken';
}

export interface SealedForm {
  /** Version of the data key; undefined in the first format, which did not say it. */
  version: number | undefined;
  /** Whether the value opens in its own row only. */
  bound: boolean;
  payload: string;
}

/** Reads the outer form of a sealed value; undefined for any other text. */
export function readForm(value: string): SealedForm | undefined {
  const groups = FORM.exec(value)?.groups;
  if (!groups?.payload) return undefined;
  return {
    version: groups.version === undefined ? undefined : Number(groups.version),
    bound: groups.bound === 'r',
    payload: groups.payload,
  };
}

/** AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D, 8.2.2): nonce, tag and ciphertext as base64url. */
export function encrypt(key: Buffer, plaintext: Buffer, aad: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(aad));
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
}

/** @throws SealBroken */
export function decrypt(key: Buffer, payload: string, aad: string): Buffer {
  const bytes = Buffer.from(payload, 'base64url');
  // Base64 has spare bits at its end: a text that was changed there would still open.
  if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== payload)
    throw new SealBroken('A sealed value is malformed');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    }).setAAD(Buffer.from(aad));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    throw new SealBroken('A sealed value does not open: it was changed, moved, or sealed with another key');
  }
}
