import type { Context } from 'koa';
import type { CredentialsResult } from '../check-credentials.ts';
import type { Federation } from '../federation/index.ts';
import type { Issuers } from '../issuer/issuers.ts';
import { pinOrigin } from '../issuer/request-origin.ts';
import type { TellEvent } from '../identity-event.ts';
import { readCookie, writeCookie } from '../portal/cookies.ts';
import { normaliseEmail } from '../user.ts';
import { letFormsLeadTo } from './form-targets.ts';
import { field, type Pages, type PageScope } from './page.ts';
import type { SignInSteps, Step } from './sign-in-steps.ts';

const NOTICE_COOKIE = 'portolan_notice';
const NOTICES = new Set(['password_changed', 'account_created']);

/** Says something on the sign-in page that comes next. */
export const setNotice = (ctx: Context, origin: string, notice: 'password_changed' | 'account_created'): void =>
  writeCookie(ctx, NOTICE_COOKIE, notice, { origin, maxAge: 120, path: '/interaction' });

interface Deps {
  issuers: Issuers;
  pages: Pages;
  tell: TellEvent;
  steps: SignInSteps;
  federation: Federation;
}

interface Shown {
  email?: string;
  /** The address an application expects, where nothing better is known (`login_hint`). */
  hint?: string;
  errors?: Record<string, string>;
  formError?: string;
  status?: number;
}

/** `GET` and `POST /interaction/:uid`: where the issuer sends a visitor who must sign in. Password or passkey, then the second factor. */
export function createSignInPage({ issuers, pages, tell, steps, federation }: Deps) {
  async function showPassword(ctx: Context, scope: PageScope, uid: string, shown: Shown = {}): Promise<void> {
    const { email, hint = '', status, ...faults } = shown;
    const [passkey, link, providers] = await Promise.all([
      steps.passkeyQuestion(scope, uid),
      federation.pendingLink(scope, uid),
      federation.choicesFor(scope, uid),
    ]);
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
        values: { email: email || (link?.email ?? hint) },
        passkey,
        ...(link ? { link } : { providers }),
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

  /** Draws the page of the step the sign-in is at. */
  async function showStep(ctx: Context, scope: PageScope, uid: string, step: Step, shown: Shown): Promise<void> {
    const { status, errors, formError } = shown;
    if (status === 429) ctx.set('retry-after', '60');
    const form = {
      action: ctx.path,
      csrfToken: pages.csrfToken(ctx, scope),
      ...(errors ? { errors } : {}),
      ...(formError ? { formError } : {}),
    };
    if (step.name === 'password') return showPassword(ctx, scope, uid, { ...shown, email: shown.email ?? step.email });
    if (step.name === 'code')
      return pages.draw(
        ctx,
        scope,
        'second-factor',
        {
          ...form,
          email: step.email,
          ...(step.offerPasskey ? { passkey: await steps.passkeyQuestion(scope, uid) } : {}),
        },
        status,
      );
    pages.draw(
      ctx,
      scope,
      'enrol-totp',
      { ...form, required: true, picture: step.picture, secretText: step.secretText },
      status,
    );
  }

  return async (ctx: Context): Promise<void> => {
    const request = pages.scopeOf(ctx);
    pinOrigin(ctx.req, request.brand.origin);
    const { provider } = await issuers.get(request.tenant, request.brand);
    const details = await provider.interactionDetails(ctx.req, ctx.res).catch(() => undefined);
    if (!details || `/interaction/${details.uid}` !== ctx.path || details.prompt.name !== 'login')
      return startOver(ctx, request);
    const { uid, params } = details;
    const scope = pages.inLanguageOf(ctx, request, params.ui_locales);
    // Who has consented before goes straight from signing in to the application.
    letFormsLeadTo(ctx, params.redirect_uri, scope.brand.origin);
    const signedIn = details.session?.accountId;
    const step = await steps.current(scope, uid, signedIn);
    if (ctx.method !== 'POST') return showStep(ctx, scope, uid, step, hintOf(params.login_hint));

    const email = normaliseEmail(field(ctx, 'email'));
    if (!pages.isGenuine(ctx, scope, field(ctx, '_csrf')))
      return showStep(ctx, scope, uid, step, { email, formError: 'csrf', status: 403 });
    if (field(ctx, 'startOver')) {
      await steps.startOver(scope, uid);
      return showStep(ctx, scope, uid, await steps.current(scope, uid, signedIn), {});
    }
    const employer = step.name === 'password' && email && (await federation.providerFor(scope, uid, email));
    if (employer) return goOn(ctx, employer);
    const answer = answerOf(ctx, step, email);
    if ('errors' in answer) return showStep(ctx, scope, uid, step, { email, errors: answer.errors, status: 422 });
    const result = await steps.take(ctx, scope, uid, answer);
    if (!result.ok) {
      const { reason } = result;
      const who = answer.kind === 'password' ? { email } : step.name === 'code' ? { email: step.email } : {};
      await tell(ctx, scope, { action: 'identity.signed_in', outcome: 'denied', reason, ...who });
      return showStep(ctx, scope, uid, step, { email, formError: reason, status: statusOf(reason) });
    }
    if (!result.done) return showStep(ctx, scope, uid, await steps.current(scope, uid, signedIn), {});
    // The issuer would end the other person's session by a page that needs a script.
    if (signedIn && signedIn !== result.login.accountId)
      return showStep(ctx, scope, uid, { name: 'password', email }, { email, formError: 'other_account', status: 403 });
    const { accountId: userId, amr: methods } = result.login;
    const instead = await federation.refuses(scope, uid, userId);
    if (instead) return goOn(ctx, instead);
    if (!(await federation.afterSignIn(ctx, scope, uid, { userId, methods })))
      return showPassword(ctx, scope, uid, { email, formError: 'emergency_second_factor', status: 403 });
    await steps.complete(ctx, scope, uid, result);
    await tell(ctx, scope, { action: 'identity.signed_in', userId, details: { methods } });
    ctx.status = 303;
    ctx.redirect(
      await provider.interactionResult(ctx.req, ctx.res, { login: result.login }, { mergeWithLastSubmission: false }),
    );
  };
}

const hintOf = (hint: unknown): Shown => (typeof hint === 'string' ? { hint: hint.slice(0, 254) } : {});

export type Answer =
  | { kind: 'password'; email: string; password: string; remember: boolean }
  | { kind: 'passkey'; credential: string; remember: boolean }
  | { kind: 'code'; code: string };

function answerOf(ctx: Context, step: Step, email: string): Answer | { errors: Record<string, string> } {
  const remember = field(ctx, 'remember') === 'yes';
  const credential = field(ctx, 'credential', 16_000);
  if (credential && step.name !== 'enrol') return { kind: 'passkey', credential, remember };
  if (step.name !== 'password') {
    const code = field(ctx, 'code', 60).trim();
    return code ? { kind: 'code', code } : { errors: { code: 'required' } };
  }
  const password = field(ctx, 'password', 1024);
  const errors = { ...(email ? {} : { email: 'required' }), ...(password ? {} : { password: 'required' }) };
  return Object.keys(errors).length > 0 ? { errors } : { kind: 'password', email, password, remember };
}

const statusOf = (reason: Extract<CredentialsResult, { ok: false }>['reason'] | 'code_invalid' | 'passkey_invalid') =>
  reason === 'too_many_attempts' ? 429 : 401;

function goOn(ctx: Context, to: string): void {
  ctx.status = 303;
  ctx.set('cache-control', 'no-store');
  ctx.redirect(to);
}
