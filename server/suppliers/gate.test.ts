import { describe, expect, it } from 'vitest';
import { fixedClock } from '../kernel/clock.ts';
import { createGate } from './gate.ts';

const call = { operation: 'test', timeoutMs: 1000, isFailure: () => true };
const faultOf = (error: { fault?: string }) => error.fault;

function aGate(over: object = {}) {
  const clock = fixedClock('2026-11-23T12:00:00Z');
  return {
    clock,
    gate: createGate({ supplier: 'x', concurrency: 1, queue: 1, failures: 2, openMs: 1000, clock, ...over }),
  };
}

describe('gate before a supplier', () => {
  it('lets so many calls through at once, keeps a few waiting and refuses the rest', async () => {
    const { gate } = aGate();
    let release = () => {};
    const first = gate.run(call, () => new Promise<void>((resolve) => (release = resolve)));
    const second = gate.run(call, async () => 'second');
    expect(await gate.run(call, async () => 'third').catch(faultOf)).toBe('busy');
    release();
    await first;
    expect(await second).toBe('second');
    expect(await gate.run(call, async () => 'fourth')).toBe('fourth');
  });

  it('opens after failures in a row, lets one try after a while, and closes when that works', async () => {
    const { gate, clock } = aGate();
    const fail = () => gate.run(call, () => Promise.reject(new Error('down'))).catch((error: Error) => error.message);
    expect(await fail()).toBe('down');
    expect(await fail()).toBe('down');
    expect(await gate.run(call, async () => 'no').catch(faultOf)).toBe('circuit_open');
    clock.advance(1001);
    expect(await fail()).toBe('down');
    expect(await gate.run(call, async () => 'no').catch(faultOf)).toBe('circuit_open');
    clock.advance(1001);
    expect(await gate.run(call, async () => 'yes')).toBe('yes');
    expect(await gate.run(call, async () => 'yes')).toBe('yes');
  });

  it('does not count a refusal as a failure', async () => {
    const { gate } = aGate();
    const refused = { ...call, isFailure: () => false };
    for (let at = 0; at < 4; at += 1)
      await gate.run(refused, () => Promise.reject(new Error('no'))).catch(() => undefined);
    expect(await gate.run(call, async () => 'open')).toBe('open');
  });

  it('gives up when the time is over or the caller goes away', async () => {
    const { gate } = aGate({ failures: 9 });
    const never = () => new Promise<never>(() => {});
    expect(await gate.run({ ...call, timeoutMs: 20 }, never).catch(faultOf)).toBe('timeout');
    const stop = new AbortController();
    const waiting = gate.run({ ...call, signal: stop.signal }, never).catch(faultOf);
    stop.abort();
    expect(await waiting).toBe('unavailable');
  });
});
