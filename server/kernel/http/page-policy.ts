import type { Context } from 'koa';

/** What a page may need beyond its own site; left on `ctx.state.pagePolicy` by whoever makes it, read by the gateway. */
export interface PagePolicy {
  /** Where its forms lead, a redirect at their end included (RFC 6749: authorisation ends at the client's). */
  readonly formTargets?: readonly string[];
}

export const setPagePolicy = (ctx: Pick<Context, 'state'>, policy: PagePolicy): void => {
  ctx.state.pagePolicy = policy;
};

export const pagePolicyOf = (ctx: Pick<Context, 'state'>): PagePolicy => (ctx.state.pagePolicy ?? {}) as PagePolicy;
