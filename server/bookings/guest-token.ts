import { createHmac } from 'node:crypto';
import type { TenantVault } from '../kernel/crypto/vault.ts';

/**
 * The key that lets a guest open a booking again. Made from the booking's id under the tenant's key, so that every repetition of a
 * request, and the mail, carry the same one; the database keeps only its digest.
 */
export function guestTokenOf(vault: TenantVault, bookingId: string): string {
  return createHmac('sha256', vault.derive('guest-booking')).update(bookingId).digest('base64url');
}
