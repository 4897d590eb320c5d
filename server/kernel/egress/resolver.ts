import dns from 'node:dns';

/** Looks names up: by the system, or by the name servers given. */
export interface NameResolver {
  /** All IPv4 and IPv6 addresses of a host; none when it does not exist. */
  addresses(host: string): Promise<string[]>;
  /** Its TXT records, each joined (RFC 1035, section 3.3.14); none when there are none. */
  texts(host: string): Promise<string[]>;
}

const ABSENT = new Set(['ENOTFOUND', 'ENODATA', 'NXDOMAIN']);

const orNone = async <T>(answer: Promise<T[]>): Promise<T[]> => {
  try {
    return await answer;
  } catch (error) {
    if (ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
};

/** `servers` as `address` or `address:port`; without any, the system's own (`/etc/hosts` too). */
export function createNameResolver(servers: readonly string[] = []): NameResolver {
  const resolver = new dns.promises.Resolver({ timeout: 2000, tries: 2 });
  if (servers.length > 0) resolver.setServers(servers);
  const ask = async (host: string) =>
    (await Promise.all([orNone(resolver.resolve4(host)), orNone(resolver.resolve6(host))])).flat();
  const askSystem = async (host: string) =>
    (await orNone(dns.promises.lookup(host, { all: true, verbatim: true }))).map(({ address }) => address);
  return {
    addresses: servers.length > 0 ? ask : askSystem,
    texts: async (host) => (await orNone(resolver.resolveTxt(host))).map((parts) => parts.join('')),
  };
}
