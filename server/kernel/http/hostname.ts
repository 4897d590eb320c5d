import { domainToASCII } from 'node:url';

const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

/**
 * The hostname a raw Host header names: lower case, punycode, no port, no trailing dot. Undefined when the header is anything a
 * proxy and Node could read differently: userinfo, several values, spaces, an IP literal, a bad port.
 */
export function normaliseHost(raw: string | undefined): string | undefined {
  if (!raw || raw.length > 260 || /[\s,@/\\?#%[\]]/.test(raw)) return undefined;
  const match = /^([^:]+)(?::(\d{1,5}))?$/.exec(raw);
  if (!match?.[1]) return undefined;
  const ascii = domainToASCII(match[1].toLowerCase()).replace(/\.$/, '');
  if (!ascii || /^\d+(\.\d+){3}$/.test(ascii)) return undefined;
  return ascii.split('.').every((label) => LABEL.test(label)) ? ascii : undefined;
}

/**
 * The host of a request from its raw headers. Refused: more than one Host line, an absolute-form target (Koa and a proxy in front
 * may disagree on which host it names). X-Forwarded-Host counts only from a trusted proxy.
 */
export function requestHost(
  request: { rawHeaders: string[]; url?: string | undefined },
  fromTrustedProxy: boolean,
): string | undefined {
  if (!request.url?.startsWith('/')) return undefined;
  const values = (name: string) =>
    request.rawHeaders.filter((_, index) => index % 2 === 1 && request.rawHeaders[index - 1]?.toLowerCase() === name);
  const hosts = values('host');
  if (hosts.length !== 1) return undefined;
  const forwarded = fromTrustedProxy ? values('x-forwarded-host') : [];
  if (forwarded.length > 1) return undefined;
  return normaliseHost(forwarded[0] ?? hosts[0]);
}
