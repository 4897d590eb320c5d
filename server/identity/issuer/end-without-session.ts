import type { KoaContextWithOIDC } from 'oidc-provider';

interface LogoutState {
  postLogoutRedirectUri?: string;
  state?: string;
}

/**
 * Signing out where nobody is signed in: the provider answers with a page whose script sends a form. There is nothing to confirm, so the browser
 * goes on at once, to the application's registered address or home.
 */
export async function endWithoutSession(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next();
  const { route, session } = ctx.oidc ?? {};
  if (route !== 'end_session' || ctx.status !== 200 || !session || session.accountId) return;
  const { postLogoutRedirectUri, state } = (session.state ?? {}) as LogoutState;
  const to = postLogoutRedirectUri ? new URL(postLogoutRedirectUri) : undefined;
  if (to && state) to.searchParams.set('state', state);
  ctx.status = 303;
  ctx.redirect(to?.href ?? '/');
}
