export type EgressReason =
  /** Not an absolute http(s) URL. */
  | 'url_invalid'
  | 'scheme'
  | 'credentials_in_url'
  | 'port'
  /** The host has an address outside of the public internet. */
  | 'address'
  /** The host does not resolve. */
  | 'unknown_host'
  | 'unreachable'
  | 'tls'
  | 'timeout'
  | 'too_large'
  /** The answer is compressed although none was asked for. */
  | 'encoded';

const SENTENCES: Record<EgressReason, string> = {
  url_invalid: 'the address is not a URL',
  scheme: 'the address must start with https://',
  credentials_in_url: 'the address must not hold a user name or password',
  port: 'only ports 443 and 8443 are called',
  address: 'the host leads into a network that is not public',
  unknown_host: 'the host name does not resolve',
  unreachable: 'the host does not answer',
  tls: 'the host has no valid certificate for this name',
  timeout: 'the host did not answer in time',
  too_large: 'the answer is too large',
  encoded: 'the answer is compressed although none was asked for',
};

/** An outgoing request that was not made or not finished; `message` may be shown to whoever chose the address. */
export class EgressRefused extends Error {
  readonly reason: EgressReason;
  readonly host: string;

  constructor(reason: EgressReason, host: string, options?: ErrorOptions) {
    super(`${host || 'The request'}: ${SENTENCES[reason]}`, options);
    this.name = 'EgressRefused';
    this.reason = reason;
    this.host = host;
  }
}
