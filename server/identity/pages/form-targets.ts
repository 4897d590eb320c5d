import type { Context } from 'koa';
import { setPagePolicy } from '../../kernel/http/page-policy.ts';

const POLICY = 'content-security-policy';

/**
 * What `form-action` must name so that a form may end with a redirect to an address: browsers hold the whole chain of redirects after a post
 * to it (Content Security Policy 3, 6.4.2). Only the origin is named; of a native application's private scheme the scheme. Empty for the own site.
 * @param address registered by the application and checked by the issuer, or undefined
 */
export function formTargetsOf(address: unknown, ownOrigin: string): string[] {
  if (typeof address !== 'string' || !URL.canParse(address)) return [];
  const { origin, protocol, hostname } = new URL(address);
  if (origin === ownOrigin) return [];
  // A policy cannot name an IPv6 address: the grammar of its hosts has no brackets.
  const opaque = origin === 'null' || hostname.startsWith('[');
  return [opaque ? protocol : origin];
}

/**
 * The address itself, as a policy can name it: for a page whose one form is sent there. Undefined where a policy cannot (private schemes, IPv6).
 * @param address registered by the application and checked by the issuer
 */
export function formPostTargetOf(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { origin, pathname, hostname } = new URL(address);
  if (origin === 'null' || hostname.startsWith('[')) return undefined;
  // A source has no query, and these two end it (Content Security Policy 3, 2.3.1).
  return `${origin}${pathname.replaceAll(';', '%3B').replaceAll(',', '%2C')}`;
}

/** Lets the forms of a page that the issuer answers itself lead to that address, and to no other. */
export function letIssuerFormsLeadOnlyTo(ctx: Context, target: string): void {
  const policy = ctx.response.get(POLICY);
  if (policy) ctx.set(POLICY, policy.replace(/form-action [^;]*/, `form-action ${target}`));
}

/** Lets the forms of an interaction's page lead back to the application that asked for it. */
export const letFormsLeadTo = (ctx: Context, address: unknown, ownOrigin: string): void =>
  setPagePolicy(ctx, { formTargets: formTargetsOf(address, ownOrigin) });

/** The same for a page that the issuer answers itself, past the site: its policy stands on the answer already. */
export function letIssuerFormsLeadTo(ctx: Context, address: unknown, ownOrigin: string): void {
  const targets = formTargetsOf(address, ownOrigin);
  const policy = ctx.response.get(POLICY);
  if (policy && targets.length > 0)
    ctx.set(POLICY, policy.replace("form-action 'self'", ["form-action 'self'", ...targets].join(' ')));
}
