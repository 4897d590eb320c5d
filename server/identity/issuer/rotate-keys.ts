import type { Clock } from '../../kernel/clock.ts';
import type { TenantVault } from '../../kernel/crypto/vault.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { nextRotationStep, signsFrom, type RotationReason, type SigningKey } from './key-rotation.ts';
import { insertNextKey, listKeyHistory, lockKeys, setKeyState } from './signing-keys.ts';

/** What was done to one key. */
export interface RotationAct {
  readonly act: 'published' | 'now_signs' | 'still_accepted' | 'retired';
  readonly kid: string;
}

export interface RotationResult {
  readonly acts: readonly RotationAct[];
  /** The key that signs now. */
  readonly signing: string | null;
  /** The key that signs next, and from when it may. */
  readonly next: { readonly kid: string; readonly maySignFrom: Date } | null;
}

const MOST_STEPS = 50;

/**
 * Moves a tenant's signing keys on: next → current → previous → retired. To be run in a transaction: it locks the keys, so that two
 * rotations at once do the work of one, and a kill undoes what it had begun.
 */
export async function rotateKeys(
  deps: { clock: Clock; vault: TenantVault },
  sql: TenantSql,
  reason: RotationReason,
): Promise<RotationResult> {
  const now = deps.clock.now();
  let keys = await listKeyHistory(sql);
  if (reason === 'due' && keys.length > 0 && !nextRotationStep(keys, reason, now)) return describe(keys, []);
  await lockKeys(sql);
  keys = await listKeyHistory(sql);
  const acts: RotationAct[] = [];
  let wanted = reason;
  for (let count = 0; count < MOST_STEPS; count += 1) {
    const step = nextRotationStep(keys, wanted, now);
    if (!step) break;
    if (step.step === 'publish') {
      const kid = await insertNextKey(sql, deps.vault, now);
      if (kid) acts.push({ act: 'published', kid });
    } else if (step.step === 'retire') {
      await setKeyState(sql, step.kid, 'retired', now);
      acts.push({ act: 'retired', kid: step.kid });
    } else {
      const leaves = wanted === 'compromised' ? 'retired' : 'previous';
      await setKeyState(sql, step.replaces, leaves, now);
      await setKeyState(sql, step.kid, 'current', now);
      acts.push({ act: 'now_signs', kid: step.kid });
      acts.push({ act: leaves === 'retired' ? 'retired' : 'still_accepted', kid: step.replaces });
      // One key is replaced a time; what is left to do is to publish the one after it.
      wanted = 'due';
    }
    keys = await listKeyHistory(sql);
  }
  return describe(keys, acts);
}

function describe(keys: readonly SigningKey[], acts: readonly RotationAct[]): RotationResult {
  const next = keys.find((key) => key.state === 'next');
  return {
    acts,
    signing: keys.find((key) => key.state === 'current')?.kid ?? null,
    next: next ? { kid: next.kid, maySignFrom: signsFrom(next, keys) } : null,
  };
}
