import type { Context } from 'koa';
import type { CredentialsResult } from '../check-credentials.ts';
import type { Issuers } from '../issuer/issuers.ts';
import { pinOrigin } from '../issuer/request-origin.ts';
import type { TellEvent } from '../identity-event.ts';
import { readCookie, writeCookie } from '../portal/cookies.ts';
import { normaliseEmail } from '../user.ts';
import { field, type Pages, type PageScope } from './page.ts';

const NOTICE_COOKIE = 'portolan_notice';
const NOTICES = new Set(['password_changed', 'account_created']);

/** Says something on the sign-in page that comes next. */
export const setNotice = (ctx: Context, origin: string, notice: 'password_changed' | 'account_created'): void =>
  writeCookie(ctx, NOTICE_COOKIE, notice, { origin, maxAge: 120, path: '/interaction' });

interface Deps {
  issuers: Issuers;
  pages: Pages;
  tell: TellEvent;
  check(scope: PageScope, input: { email: string; password: string; ip: string }): Promise<CredentialsResult>;
  /** Address of somebody who is signed in at the issuer already and must prove it again. */
  emailOf(scope: PageScope, userId: string): Promise<string | undefined>;
}

/** `GET` and `POST /interaction/:uid`: where the issuer sends a visitor who must sign in. */
export function createSignInPage({ issuers, pages, tell, check, emailOf }: Deps) {
  interface Shown {
    email?: string;
    errors?: Record<string, string>;
    formError?: string;
    status?: number;
  }

  function show(ctx: Context, scope: PageScope, shown: Shown = {}): void {
    const { email, status, ...faults } = shown;
    const notice = readCookie(ctx, NOTICE_COOKIE);
    if (notice) writeCookie(ctx, NOTICE_COOKIE, '', { origin: scope.brand.origin, maxAge: 0, path: '/interaction' });
    if (status === 429) ctx.set('retry-after', '60');
    pages.draw(
      ctx,
      scope,
      'sign-in',
      {
        action: ctx.path,
        csrfToken: pages.csrfToken(ctx, scope),
        offerRemember: true,
        values: { email: email ?? '' },
        ...faults,
        ...(notice && NOTICES.has(notice) ? { notice } : {}),
        links: { signUp: '/account/sign-up', forgotPassword: '/account/forgot-password' },
      },
      status,
    );
  }

  /** The sign-in page outlived its request, or another browser opened it. */
  function startOver(ctx: Context, scope: PageScope): void {
    pages.draw(ctx, scope, 'error', { requestId: scope.requestId, backUrl: '/auth/login' }, 400);
  }

  return async (ctx: Context): Promise<void> => {
    const scope = pages.scopeOf(ctx);
    pinOrigin(ctx.req, scope.brand.origin);
    const { provider } = await issuers.get(scope.tenant, scope.brand);
    const details = await provider.interactionDetails(ctx.req, ctx.res).catch(() => undefined);
    if (!details || `/interaction/${details.uid}` !== ctx.path || details.prompt.name !== 'login')
      return startOver(ctx, scope);
    const signedIn = details.session?.accountId;
    if (ctx.method !== 'POST') {
      const email = signedIn ? await emailOf(scope, signedIn) : undefined;
      return show(ctx, scope, email ? { email } : {});
    }

    const email = normaliseEmail(field(ctx, 'email'));
    const password = field(ctx, 'password', 1024);
    if (!pages.isGenuine(ctx, scope, field(ctx, '_csrf')))
      return show(ctx, scope, { email, formError: 'csrf', status: 403 });
    const errors = { ...(email ? {} : { email: 'required' }), ...(password ? {} : { password: 'required' }) };
    if (Object.keys(errors).length > 0) return show(ctx, scope, { email, errors, status: 422 });

    const result = await check(scope, { email, password, ip: ctx.ip });
    if (!result.ok) {
      await tell(ctx, scope, { action: 'identity.signed_in', outcome: 'denied', reason: result.reason, email });
      return show(ctx, scope, {
        email,
        formError: result.reason,
        status: result.reason === 'too_many_attempts' ? 429 : 401,
      });
    }
    const { userId } = result;
    // The issuer would end the other person's session by a page that needs a script.
    if (signedIn && signedIn !== userId) return show(ctx, scope, { email, formError: 'other_account', status: 403 });
    await tell(ctx, scope, { action: 'identity.signed_in', userId, details: { methods: ['pwd'] } });
    const login = { accountId: userId, amr: ['pwd'], acr: 'aal1', remember: field(ctx, 'remember') === 'yes' };
    ctx.status = 303;
    ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, { login }, { mergeWithLastSubmission: false }));
  };
}
