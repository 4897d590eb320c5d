import { randomBytes } from 'node:crypto';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * Name of a tenant's schema and role: `t_` + 16 base32 characters (80 random bits). Never made from the slug, which people may change.
 */
export function newSchemaName(): string {
  const bytes = randomBytes(16);
  return `t_${Array.from(bytes, (byte) => BASE32[byte & 31]).join('')}`;
}

export const SLUG = /^[a-z][a-z0-9-]{1,29}$/;

/** States in which a tenant's hosts serve. */
export const isServing = (state: string): boolean => state === 'active';
