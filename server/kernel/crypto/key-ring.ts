import { randomBytes } from 'node:crypto';
import { decrypt, encrypt, SealBroken } from './sealed-value.ts';

/**
 * A tenant's keys, as stored in `platform.tenants.wrapped_data_key`: JSON with every key wrapped by the master key. Rings made before
 * versions existed are one wrapped key; it then is both the root and data key 1.
 */
interface StoredRing {
  root: string;
  /** The data key that new values are sealed with. */
  current: number;
  keys: Record<string, string>;
  /** When a key stopped being the current one (UTC, ISO 8601). */
  replaced: Record<string, string>;
}

export interface KeyRing {
  /** Never rotates: what is derived from it (cookie secrets, blind indexes) must stay the same. */
  root: Buffer;
  current: number;
  keys: ReadonlyMap<number, Buffer>;
  replaced: ReadonlyMap<number, string>;
}

/** What a tenant has after its keys were destroyed: nothing opens any more. */
export const DESTROYED = 'destroyed';

const KEY_BYTES = 32;
const rootLabel = (tenantId: string) => `tenant-root:${tenantId}`;
const keyLabel = (tenantId: string, version: string) => `tenant-data-key:${tenantId}:${version}`;
const firstLabel = (tenantId: string) => `tenant-key:${tenantId}`;

const wrap = (master: Buffer, key: Buffer, label: string): string => `v1.${encrypt(master, key, label)}`;

/** The first master key that opens it: while the master key rotates, the one before still does. */
function unwrap(masters: readonly Buffer[], wrapped: string, label: string): Buffer {
  for (const master of masters) {
    try {
      return decrypt(master, wrapped.replace(/^v1\./, ''), label);
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
    }
  }
  throw new SealBroken('The keys of a tenant do not open: MASTER_KEY is not the one they were wrapped with');
}

export function newRing(): KeyRing {
  return {
    root: randomBytes(KEY_BYTES),
    current: 1,
    keys: new Map([[1, randomBytes(KEY_BYTES)]]),
    replaced: new Map(),
  };
}

/** @throws SealBroken when no master key opens it, or it was destroyed */
export function openRing(masters: readonly Buffer[], tenantId: string, stored: string): KeyRing {
  if (stored === DESTROYED) throw new SealBroken('The keys of this tenant were destroyed');
  if (!stored.startsWith('{')) {
    const key = unwrap(masters, stored, firstLabel(tenantId));
    return { root: key, current: 1, keys: new Map([[1, key]]), replaced: new Map() };
  }
  const ring = JSON.parse(stored) as StoredRing;
  return {
    root: unwrap(masters, ring.root, rootLabel(tenantId)),
    current: ring.current,
    keys: new Map(
      Object.entries(ring.keys).map(([version, wrapped]) => [
        Number(version),
        unwrap(masters, wrapped, keyLabel(tenantId, version)),
      ]),
    ),
    replaced: new Map(Object.entries(ring.replaced).map(([version, at]) => [Number(version), at])),
  };
}

/** Wraps every key of a ring with a master key, for storage. */
export function wrapRing(master: Buffer, tenantId: string, ring: KeyRing): string {
  const stored: StoredRing = {
    root: wrap(master, ring.root, rootLabel(tenantId)),
    current: ring.current,
    keys: Object.fromEntries(
      [...ring.keys].map(([version, key]) => [version, wrap(master, key, keyLabel(tenantId, String(version)))]),
    ),
    replaced: Object.fromEntries(ring.replaced),
  };
  return JSON.stringify(stored);
}

/** Adds a fresh data key; nothing is sealed with it until `useNewest`. */
export function addKey(ring: KeyRing): KeyRing {
  const version = Math.max(...ring.keys.keys()) + 1;
  return { ...ring, keys: new Map([...ring.keys, [version, randomBytes(KEY_BYTES)]]) };
}

/** From now on new values are sealed with the newest key. */
export function useNewest(ring: KeyRing, now: Date): KeyRing {
  const newest = Math.max(...ring.keys.keys());
  if (newest === ring.current) return ring;
  return { ...ring, current: newest, replaced: new Map([...ring.replaced, [ring.current, now.toISOString()]]) };
}

/** Drops data keys that were replaced at or before a moment: what is still sealed with them is lost. */
export function dropReplaced(ring: KeyRing, before: Date): KeyRing {
  const gone = new Set([...ring.replaced].filter(([, at]) => new Date(at) <= before).map(([version]) => version));
  const left = <T>(map: ReadonlyMap<number, T>) => new Map([...map].filter(([version]) => !gone.has(version)));
  return { ...ring, keys: left(ring.keys), replaced: left(ring.replaced) };
}
