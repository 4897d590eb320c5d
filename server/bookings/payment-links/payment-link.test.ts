import { describe, expect, it } from 'vitest';
import { stateOfLink } from './payment-link.ts';

const now = new Date('2026-11-24T12:00:00Z');
const link = { expiresAt: new Date('2026-11-24T12:30:00Z'), revokedAt: null };
const over = { ...link, expiresAt: now };
const state = (of: object, booking: Parameters<typeof stateOfLink>[1]['state'], isPaid = false) =>
  stateOfLink({ ...link, ...of }, { state: booking, isPaid }, now);

describe('a payment link', () => {
  it('is open while its booking waits and the price is held, and exactly at its end no more', () => {
    expect(state({}, 'pending')).toBe('open');
    expect(state({}, 'payment_failed')).toBe('open');
    expect(state(over, 'pending')).toBe('expired');
  });

  it('follows the booking once it was paid, whatever the clock says', () => {
    expect(state(over, 'pending', true)).toBe('processing');
    expect(state(over, 'needs_attention', true)).toBe('processing');
    expect(state(over, 'ticketed', true)).toBe('booked');
    expect(state({}, 'expired')).toBe('expired');
    expect(state({}, 'failed')).toBe('failed');
    expect(state({}, 'cancelled')).toBe('cancelled');
  });

  it('shows nothing once it was withdrawn', () => {
    for (const booking of ['pending', 'ticketed', 'expired'] as const)
      expect(state({ revokedAt: now }, booking)).toBe('revoked');
  });
});
