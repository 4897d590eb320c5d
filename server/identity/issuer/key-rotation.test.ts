import { describe, expect, it } from 'vitest';
import {
  KEPT_AFTER_SIGNING_MS,
  PUBLISHED_BEFORE_SIGNING_MS,
  SIGNS_FOR_MS,
  nextRotationStep,
  type KeyState,
  type SigningKey,
} from './key-rotation.ts';

const NOW = new Date('2026-11-24T12:00:00Z');
const ago = (ms: number) => new Date(NOW.getTime() - ms);
const key = (kid: string, state: KeyState, age: number, inState = age): SigningKey => ({
  kid,
  state,
  createdAt: ago(age),
  changedAt: ago(inState),
});

describe('the next step of a key rotation', () => {
  const due = (keys: SigningKey[]) => nextRotationStep(keys, 'due', NOW);

  it('publishes a key where none stands by', () => {
    expect(due([key('a', 'current', 1000)])).toEqual({ step: 'publish' });
  });

  it('does nothing while the signing key is young', () => {
    expect(due([key('a', 'current', SIGNS_FOR_MS - 1), key('b', 'next', SIGNS_FOR_MS - 1)])).toBeUndefined();
  });

  it('lets the next key sign when the signing one is old, and no sooner than everybody can have fetched it', () => {
    const old = key('a', 'current', SIGNS_FOR_MS);
    expect(due([old, key('b', 'next', PUBLISHED_BEFORE_SIGNING_MS - 1)])).toBeUndefined();
    expect(due([old, key('b', 'next', PUBLISHED_BEFORE_SIGNING_MS)])).toEqual({
      step: 'promote',
      kid: 'b',
      replaces: 'a',
    });
  });

  it('waits not for a key that was in the key set from its first day', () => {
    const keys = [key('a', 'current', 1000), key('b', 'next', 1000)];
    expect(nextRotationStep(keys, 'asked', NOW)).toEqual({ step: 'promote', kid: 'b', replaces: 'a' });
    const later = [key('a', 'current', 2000), key('b', 'next', 1000)];
    expect(nextRotationStep(later, 'asked', NOW)).toBeUndefined();
    expect(nextRotationStep(later, 'now', NOW)).toEqual({ step: 'promote', kid: 'b', replaces: 'a' });
  });

  it('keeps a replaced key until a session that began with it has ended', () => {
    const young = [key('a', 'current', 1000), key('b', 'next', 1000)];
    expect(due([...young, key('c', 'previous', SIGNS_FOR_MS, KEPT_AFTER_SIGNING_MS - 1)])).toBeUndefined();
    const gone = key('c', 'previous', SIGNS_FOR_MS, KEPT_AFTER_SIGNING_MS);
    expect(due([...young, gone])).toEqual({ step: 'retire', kid: 'c' });
    expect(nextRotationStep([...young, key('c', 'previous', 5, 1)], 'compromised', NOW)).toEqual({
      step: 'retire',
      kid: 'c',
    });
  });
});
