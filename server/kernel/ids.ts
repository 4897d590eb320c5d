import { randomBytes, randomInt } from 'node:crypto';
import { uuidv7 } from 'uuidv7';

/** Time-ordered UUID (RFC 9562, version 7): primary keys sort by creation. */
export const newId = (): string => uuidv7();

/** 256 random bits, base64url: session ids, invitation and reset tokens. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

const REFERENCE_ALPHABET = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

/** Booking reference: six characters without look-alikes (no 0 O 1 I L). Unique per tenant by constraint; retry on clash. */
export function newReference(): string {
  return Array.from({ length: 6 }, () => REFERENCE_ALPHABET[randomInt(REFERENCE_ALPHABET.length)]).join('');
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** Whether a string is a UUID of any version. */
export const isUuid = (value: string): boolean => UUID.test(value);
