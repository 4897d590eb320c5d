import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
const OWN_NETWORK = new Set(['loopback', 'private', 'uniqueLocal']);

/**
 * Whether an address belongs to the public internet. Everything with a special purpose is not (IANA special-purpose registries, RFC
 * 6890): this host, private and shared networks, link-local (where clouds keep their metadata), multicast, documentation, and IPv6
 * that carries an IPv4 address (mapped, compatible, 6to4, Teredo, NAT64), as it would lead back into any of those.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || (parsed as ipaddr.IPv6).match(GLOBAL_UNICAST);
}

/** Whether an address is this machine's or its own network's: what a developer's machine may be told to allow. */
export const isOwnNetwork = (address: string): boolean =>
  isIP(address) !== 0 && OWN_NETWORK.has(ipaddr.parse(address).range());
