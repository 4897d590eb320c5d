import { normaliseHost } from '../kernel/http/hostname.ts';
import { HostInvalid } from './errors.ts';

/**
 * The hostname a person typed, in the form requests are matched by.
 * @throws HostInvalid for a scheme, port or path, an address, a single label, or the operators' own host
 */
export function checkHostname(typed: string, platformHost: string): string {
  const host = normaliseHost(typed);
  const asTyped = typed.includes(':') ? undefined : host;
  if (!asTyped || asTyped.includes('_') || !asTyped.includes('.') || asTyped.length > 253 || asTyped === platformHost)
    throw HostInvalid({ host: typed });
  return asTyped;
}

/**
 * Whether a host needs no proof of ownership: it lies below the platform's own host, or below `localhost`, which every browser resolves to
 * its own machine. A zone above the platform's host is not assumed: it may be a public suffix (platform.co.uk).
 */
export const isOwnZone = (hostname: string, platformHost: string): boolean =>
  hostname.endsWith(`.${platformHost}`) || hostname.endsWith('.localhost');
