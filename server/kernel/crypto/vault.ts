import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;

function seal(key: Buffer, plaintext: Buffer, aad: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(aad));
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return `v1.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')}`;
}

function open(key: Buffer, sealed: string, aad: string): Buffer {
  const [version, payload] = sealed.split('.');
  if (version !== 'v1' || !payload) throw new Error('Sealed value has an unknown form');
  const bytes = Buffer.from(payload, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES)).setAAD(Buffer.from(aad));
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
}

/** What one tenant's data key can do. `column` (e.g. `travellers.born_on`) is bound to the ciphertext: a value moved elsewhere does not open. */
export interface TenantVault {
  seal(column: string, plaintext: string): string;
  open(column: string, sealed: string): string;
  /** A tenant-bound secret for a purpose (cookie keys and the like); the same at every start. */
  derive(purpose: string): Buffer;
}

/**
 * Envelope encryption (AES-256-GCM): the master key wraps one data key per tenant; values are sealed with the data key, with tenant
 * and column as associated data. NIST SP 800-38D.
 */
export function createVault(masterKeyBase64: string) {
  const master = Buffer.from(masterKeyBase64, 'base64');
  return {
    /** A fresh data key, wrapped for storage in the control plane. */
    newWrappedKey: (tenantId: string): string => seal(master, randomBytes(32), `tenant-key:${tenantId}`),
    forTenant(tenantId: string, wrappedKey: string): TenantVault {
      const key = open(master, wrappedKey, `tenant-key:${tenantId}`);
      return {
        seal: (column, plaintext) => seal(key, Buffer.from(plaintext), `${tenantId}:${column}`),
        open: (column, sealed) => open(key, sealed, `${tenantId}:${column}`).toString(),
        derive: (purpose) => createHmac('sha256', key).update(`${tenantId}:${purpose}`).digest(),
      };
    },
    /** A platform-wide secret for a purpose. */
    derive: (purpose: string): Buffer => createHmac('sha256', master).update(`platform:${purpose}`).digest(),
  };
}

export type Vault = ReturnType<typeof createVault>;

/** Tokens are stored as digests only: a leaked table opens nothing. */
export const digest = (secret: string): string => createHash('sha256').update(secret).digest('base64url');
