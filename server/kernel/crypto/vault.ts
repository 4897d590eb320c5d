import { createHash, createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { equalityIndex, searchTerms, wantedTerms } from './blind-index.ts';
import { addKey, dropReplaced, newRing, openRing, useNewest, wrapRing, type KeyRing } from './key-ring.ts';
import { decrypt, encrypt, readForm, SealBroken } from './sealed-value.ts';

export { DESTROYED } from './key-ring.ts';
export { SealBroken, readForm } from './sealed-value.ts';

/** How long a process keeps a tenant's unwrapped keys: after a destruction or a lost master key no longer than this. */
const UNWRAPPED_TTL_MS = 5 * 60_000;

/**
 * What one tenant's keys can do. `column` (e.g. `travellers.born_on`) and `row` (the row's id) are bound to the ciphertext: a value moved
 * to another cell does not open. Give the row wherever there is one.
 */
export interface TenantVault {
  seal(column: string, plaintext: string, row?: string): string;
  /** @throws SealBroken */
  open(column: string, sealed: string, row?: string): string;
  /** Opens a sealed value; a text that was stored before its column was sealed comes back as it is. @throws SealBroken */
  reveal(column: string, stored: string, row: string): string;
  /** The key version that new values get. */
  readonly version: number;
  /** Whether a value is sealed as `seal` would do it now: with the current key, bound to a row if it has one. */
  isCurrent(stored: string, bound: boolean): boolean;
  /** Stands for a sealed value where rows are looked up by it (e-mail addresses); the same for every spelling of one address. */
  index(column: string, text: string): string;
  /** Terms under which a sealed name is found: words and their beginnings. */
  terms(column: string, text: string): string[];
  /** Terms that a row must all have to match what a person typed. */
  wanted(column: string, typed: string): string[];
  /** A tenant-bound secret for a purpose (cookie keys and the like); the same at every start and after every rotation. */
  derive(purpose: string): Buffer;
}

/**
 * Envelope encryption (AES-256-GCM): the master key wraps the keys of each tenant, a root and versions of a data key; fields are sealed with
 * the current data key. Associated data is tenant, column, row and key version. NIST SP 800-38D, SP 800-57 part 1 (5.3).
 * @param previous master keys of before, which still open what they wrapped
 */
export function createVault(masterKeyBase64: string, previous: readonly string[] = []) {
  const master = Buffer.from(masterKeyBase64, 'base64');
  const masters = [master, ...previous.map((key) => Buffer.from(key, 'base64'))];
  const open = new LRUCache<string, TenantVault>({ max: 5000, ttl: UNWRAPPED_TTL_MS });
  /** A ring with something done to it, wrapped with the current master key. */
  const change = (work: (ring: KeyRing, now: Date) => KeyRing) => (tenantId: string, stored: string, now: Date) =>
    wrapRing(master, tenantId, work(openRing(masters, tenantId, stored), now));
  return {
    /** Fresh keys, wrapped for storage in the control plane. */
    newWrappedKey: (tenantId: string): string => wrapRing(master, tenantId, newRing()),
    /** Fails closed: without the master key that wrapped them nothing is sealed or opened. @throws SealBroken */
    forTenant(tenantId: string, wrappedKey: string): TenantVault {
      const slot = `${tenantId} ${wrappedKey}`;
      let vault = open.get(slot);
      if (!vault) open.set(slot, (vault = tenantVault(tenantId, openRing(masters, tenantId, wrappedKey))));
      return vault;
    },
    /** Stored rings after a change; the caller writes them back by compare-and-set. */
    rings: {
      addKey: change(addKey),
      useNewest: change(useNewest),
      dropReplaced: change((ring, before) => dropReplaced(ring, before)),
      rewrap: change((ring) => ring),
      /** Versions of a stored ring, without their keys. */
      describe(tenantId: string, stored: string) {
        const { current, keys, replaced } = openRing(masters, tenantId, stored);
        return { current, versions: [...keys.keys()].sort((a, b) => a - b), replaced: Object.fromEntries(replaced) };
      },
    },
    /** A platform-wide secret for a purpose. */
    derive: (purpose: string): Buffer => platformSecret(master, purpose),
    /** The same secret as every known master key makes it, the current one's first: what was signed before a rotation is told by them. */
    deriveAll: (purpose: string): readonly [Buffer, ...Buffer[]] => [
      platformSecret(master, purpose),
      ...masters.slice(1).map((key) => platformSecret(key, purpose)),
    ],
  };
}

export type Vault = ReturnType<typeof createVault>;

const platformSecret = (master: Buffer, purpose: string): Buffer =>
  createHmac('sha256', master).update(`platform:${purpose}`).digest();

function tenantVault(tenantId: string, ring: KeyRing): TenantVault {
  const aad = (column: string, row: string, version: number) => [tenantId, column, row, version].join('|');
  const keyOf = (version: number): Buffer => {
    const key = ring.keys.get(version);
    if (!key) throw new SealBroken(`Data key ${version} of this tenant is gone`);
    return key;
  };
  const derive = (purpose: string) => createHmac('sha256', ring.root).update(`${tenantId}:${purpose}`).digest();
  const vault: TenantVault = {
    version: ring.current,
    seal(column, plaintext, row) {
      const { current } = ring;
      const payload = encrypt(keyOf(current), Buffer.from(plaintext), aad(column, row ?? '', current));
      return `v2.${current}${row === undefined ? '' : 'r'}.${payload}`;
    },
    open(column, sealed, row) {
      const form = readForm(sealed);
      if (!form) throw new SealBroken(`A value of ${column} is not sealed`);
      // The first format knew neither versions nor rows.
      if (form.version === undefined) return decrypt(keyOf(1), form.payload, `${tenantId}:${column}`).toString();
      if (form.bound !== (row !== undefined)) throw new SealBroken(`A value of ${column} was moved to another cell`);
      return decrypt(keyOf(form.version), form.payload, aad(column, row ?? '', form.version)).toString();
    },
    reveal: (column, stored, row) => (readForm(stored) ? vault.open(column, stored, row) : stored),
    isCurrent(stored, bound) {
      const form = readForm(stored);
      return form?.version === ring.current && form.bound === bound;
    },
    index: (column, text) => equalityIndex(derive(`blind-index:${column}`), text),
    terms: (column, text) => searchTerms(derive(`search-terms:${column}`), text),
    wanted: (column, typed) => wantedTerms(derive(`search-terms:${column}`), typed),
    derive,
  };
  return vault;
}

/** Tokens are stored as digests only: a leaked table opens nothing. */
export const digest = (secret: string): string => createHash('sha256').update(secret).digest('base64url');
