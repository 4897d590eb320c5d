import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { LogoutClient } from '../issuer/back-channel-logout.ts';
import type { IssuerPages } from '../issuer/configuration.ts';
import { PORTAL_CLIENT_ID } from '../issuer/resource.ts';
import { createDevicePages } from './device-pages.ts';
import { createFormPost } from './form-post.ts';
import { letIssuerFormsLeadTo } from './form-targets.ts';
import type { Pages } from './page.ts';

/** Pages the issuer shows itself: its errors, and the question whether to sign out. */
export function createIssuerPages(pages: Pages): IssuerPages {
  return {
    ...createDevicePages(pages),
    formPost: createFormPost(pages),
    error(ctx) {
      const scope = pages.inLanguageOf(ctx, pages.scopeOf(ctx), ctx.oidc?.params?.ui_locales);
      pages.draw(ctx, scope, 'error', { requestId: scope.requestId, backUrl: '/' }, ctx.status);
    },
    async signOut(ctx, form) {
      if (await signOutAtOnce(ctx)) return;
      const scope = pages.inLanguageOf(ctx, pages.scopeOf(ctx), ctx.oidc.params?.ui_locales);
      letIssuerFormsLeadTo(ctx, ctx.oidc.params?.post_logout_redirect_uri, scope.brand.origin);
      const secret = /name="xsrf" value="([^"]+)"/.exec(form)?.[1] ?? '';
      pages.draw(ctx, scope, 'sign-out-confirm', {
        action: '/oidc/session/end/confirm',
        csrfToken: '',
        hidden: { xsrf: secret, logout: 'yes' },
        links: { cancel: '/' },
      });
    },
    signedOut: (ctx) => {
      ctx.status = 303;
      ctx.redirect('/');
    },
  };
}

/**
 * A valid ID token of the very session that the portal got (OpenID Connect RP-Initiated Logout 1.0, section 2) is as good as the person's word:
 * the portal has asked, behind its own CSRF check. Applications of others are not believed: the person is asked. Ends the session and the grants made in it; answers whether it did.
 */
async function signOutAtOnce(ctx: KoaContextWithOIDC): Promise<boolean> {
  const { session, provider, params, client } = ctx.oidc;
  if (client?.clientId !== PORTAL_CLIENT_ID) return false;
  const hint = ctx.oidc.entities.IdTokenHint as { payload?: { sub?: string } } | undefined;
  if (!session?.accountId || hint?.payload?.sub !== session.accountId) return false;
  for (const { grantId } of Object.values(session.authorizations ?? {})) {
    if (!grantId) continue;
    await provider.RefreshToken.revokeByGrantId(grantId);
    await provider.AuthorizationCode.revokeByGrantId(grantId);
    await (await provider.Grant.find(grantId))?.destroy();
  }
  const parties = Object.entries(session.authorizations ?? {}) as Array<[string, { sid?: string }]>;
  for (const [clientId, { sid }] of parties) await tell(provider, clientId, session.accountId, sid);
  await session.destroy();
  ctx.cookies.set(provider.cookieName('session'), null, { httpOnly: true, sameSite: 'lax' });
  ctx.status = 303;
  ctx.redirect(typeof params?.post_logout_redirect_uri === 'string' ? params.post_logout_redirect_uri : '/');
  return true;
}

/** Lets the other applications of a session know, where they asked to; the portal has ended its own session before it came here. */
async function tell(provider: Provider, clientId: string, accountId: string, sid: string | undefined): Promise<void> {
  if (clientId === PORTAL_CLIENT_ID || !sid) return;
  const client = (await provider.Client.find(clientId)) as unknown as LogoutClient | undefined;
  if (client?.backchannelLogoutUri) await client.backchannelLogout(accountId, sid);
}
