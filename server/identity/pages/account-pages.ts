import type { Context } from 'koa';
import type { Clock } from '../../kernel/clock.ts';
import { digest } from '../../kernel/crypto/vault.ts';
import type { Database } from '../../kernel/database/database.ts';
import type { RateLimiter } from '../../kernel/http/rate-limit.ts';
import { acceptInvitation, readInvitation } from '../accept-invitation.ts';
import type { ActorLookup } from '../actor-lookup.ts';
import { mayTry } from '../attempts.ts';
import type { Authenticator } from '../authenticate.ts';
import { joinAgency } from '../join-agency.ts';
import { AGENCY_PATH } from './agency-pages.ts';
import { evenly } from '../even-time.ts';
import { readLinkToken } from '../link-token.ts';
import type { TellEvent } from '../identity-event.ts';
import type { PasswordRules } from '../password-rules.ts';
import type { Passwords } from '../password.ts';
import { safeReturnTo } from '../portal/return-to.ts';
import { registerCustomer, requestVerification } from '../register-customer.ts';
import { requestPasswordReset, resetPassword } from '../reset-password.ts';
import type { SignOutEverywhere } from '../sign-out-everywhere.ts';
import { findUserByEmail, findUserById, type UserRow } from '../repository.ts';
import { normaliseEmail, PASSWORD_MIN } from '../user.ts';
import { verifyEmail } from '../verify-email.ts';
import { field, type Pages, type PageScope } from './page.ts';
import { setNotice } from './sign-in-page.ts';

/** Posts of one address to these pages, and mails to one account. */
const PER_ADDRESS = { points: 60, seconds: 600 };
const MAILS_PER_ACCOUNT = { points: 4, seconds: 900 };
const EMAIL = /^[^\s@"<>(),;:\\]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+$/;

interface Deps {
  pages: Pages;
  tell: TellEvent;
  database: Database;
  passwords: Passwords;
  passwordRules: PasswordRules;
  clock: Clock;
  rateLimiter: RateLimiter;
  signOutEverywhere: SignOutEverywhere;
  actors: ActorLookup;
  authenticator: Authenticator;
}

type Faults = Record<string, string>;
type Page = (ctx: Context, scope: PageScope) => Promise<void>;

interface Refill {
  errors?: Faults;
  formError?: string;
}

const personFaults = (person: { givenName: string; familyName: string; password: string; terms: string }): Faults => ({
  ...(person.givenName ? {} : { givenName: 'required' }),
  ...(person.familyName ? {} : { familyName: 'required' }),
  ...(person.password ? {} : { password: 'required' }),
  ...(person.terms === 'yes' ? {} : { acceptTerms: 'terms_required' }),
});
const optional = (name: string, fault: string | undefined): Faults => (fault ? { [name]: fault } : {});
const emailFault = (email: string): Faults =>
  email ? optional('email', EMAIL.test(email) ? undefined : 'email_invalid') : { email: 'required' };
const statusOf = (refill: Refill): number =>
  refill.formError === 'csrf' ? 403 : refill.formError === 'too_many_attempts' ? 429 : refill.errors ? 422 : 200;

/** Sign-up, proving an address, forgotten and new password, accepting an invitation. Plain forms: no script is needed. */
export function createAccountPages(deps: Deps): Record<string, Page> {
  const { pages, database, clock } = deps;
  const sqlOf = (scope: PageScope) => database.tenant(scope.tenant);

  const within = (key: string, limit: { points: number; seconds: number }) => mayTry(deps.rateLimiter, key, limit);

  /** Fault of a new password of somebody at this brand. */
  const passwordFault = async (
    { brand, tenant }: PageScope,
    password: string,
    person: { email: string; givenName: string; familyName: string },
  ): Promise<Faults> =>
    password ? optional('password', await deps.passwordRules.fault(password, { ...person, brand, tenant })) : {};

  /** Why a posted form goes no further, before its fields are looked at. */
  async function refusal(ctx: Context, scope: PageScope): Promise<Refill | undefined> {
    if (!pages.isGenuine(ctx, scope, field(ctx, '_csrf'))) return { formError: 'csrf' };
    return (await within(`${scope.tenant.id}:account-from:${ctx.ip}`, PER_ADDRESS))
      ? undefined
      : { formError: 'too_many_attempts' };
  }

  const mayMail = (scope: PageScope, email: string) =>
    within(`${scope.tenant.id}:account-mail:${digest(email)}`, MAILS_PER_ACCOUNT);

  const brokenLink = (ctx: Context, scope: PageScope, reason: 'link_expired' | 'link_used', backUrl: string) =>
    pages.draw(ctx, scope, 'error', { message: pages.text(scope, `auth.errors.${reason}`), backUrl }, 410);

  const checkMail = (ctx: Context, scope: PageScope, email: string, signIn: string, resend?: string) =>
    pages.draw(ctx, scope, 'check-email', {
      email,
      links: { signIn },
      ...(resend ? { resend: { action: resend, csrfToken: pages.csrfToken(ctx, scope) } } : {}),
    });

  const signUp: Page = async (ctx, scope) => {
    const returnTo = safeReturnTo(
      ctx.method === 'POST' ? field(ctx, 'returnTo', 1024) : ctx.query.returnTo,
      scope.brand.origin,
    );
    const signIn = `/auth/login?returnTo=${encodeURIComponent(returnTo)}`;
    const values = {
      givenName: field(ctx, 'givenName', 80).trim(),
      familyName: field(ctx, 'familyName', 80).trim(),
      email: normaliseEmail(field(ctx, 'email')),
    };
    const show = (refill: Refill = {}) =>
      pages.draw(
        ctx,
        scope,
        'sign-up',
        {
          action: '/account/sign-up',
          csrfToken: pages.csrfToken(ctx, scope),
          hidden: { returnTo },
          values,
          minPasswordLength: PASSWORD_MIN,
          links: { signIn },
          ...refill,
        },
        statusOf(refill),
      );
    if (ctx.method !== 'POST') return show();
    const refused = await refusal(ctx, scope);
    if (refused) return show(refused);
    const password = field(ctx, 'password', 1024);
    const errors = {
      ...personFaults({ ...values, password, terms: field(ctx, 'acceptTerms') }),
      ...emailFault(values.email),
      ...(await passwordFault(scope, password, values)),
    };
    if (Object.keys(errors).length > 0) return show({ errors });
    await evenly(async () => {
      if (await mayMail(scope, values.email))
        await registerCustomer(deps, scope, { ...values, password, locale: scope.locale });
    });
    checkMail(ctx, scope, values.email, signIn, '/account/resend-verification');
  };

  const resendVerification: Page = async (ctx, scope) => {
    const email = normaliseEmail(field(ctx, 'email'));
    const refused = await refusal(ctx, scope);
    await evenly(async () => {
      if (!refused && (await mayMail(scope, email)))
        await database.withTenant(scope.tenant, (sql) =>
          requestVerification(sql, scope.brand, { email, locale: scope.locale, now: clock.now() }),
        );
    });
    checkMail(ctx, scope, email, '/auth/login', '/account/resend-verification');
  };

  const verify: Page = async (ctx, scope) => {
    const token = String(ctx.query.token ?? '').slice(0, 100);
    const proven = await verifyEmail(deps, scope.tenant, token, (sql, userId) =>
      deps.tell(ctx, scope, { action: 'identity.email_verified', userId }, sql),
    );
    if (!proven) return brokenLink(ctx, scope, 'link_expired', '/auth/login');
    deps.actors.dropUser(scope.tenant, proven.userId);
    pages.draw(ctx, scope, 'verify-email-done', { email: proven.email, continueUrl: '/auth/login' });
  };

  const forgotPassword: Page = async (ctx, scope) => {
    const email = normaliseEmail(field(ctx, 'email'));
    const show = (refill: Refill = {}) =>
      pages.draw(
        ctx,
        scope,
        'forgot-password',
        {
          action: '/account/forgot-password',
          csrfToken: pages.csrfToken(ctx, scope),
          values: { email },
          links: { signIn: '/auth/login' },
          ...refill,
        },
        statusOf(refill),
      );
    if (ctx.method !== 'POST') return show();
    const refused = await refusal(ctx, scope);
    if (refused) return show(refused);
    const errors = emailFault(email);
    if (Object.keys(errors).length > 0) return show({ errors });
    await evenly(async () => {
      if (await mayMail(scope, email))
        await database.withTenant(scope.tenant, (sql) =>
          requestPasswordReset(sql, scope.brand, { email, locale: scope.locale, now: clock.now() }),
        );
    });
    checkMail(ctx, scope, email, '/auth/login');
  };

  const chooseNewPassword: Page = async (ctx, scope) => {
    const token = ctx.method === 'POST' ? field(ctx, 'token') : String(ctx.query.token ?? '').slice(0, 100);
    const state = await readLinkToken(sqlOf(scope), 'reset_password', token, clock.now());
    if (!state.ok) return brokenLink(ctx, scope, state.reason, '/account/forgot-password');
    const show = (refill: Refill = {}) =>
      pages.draw(
        ctx,
        scope,
        'reset-password',
        {
          action: '/account/reset-password',
          csrfToken: pages.csrfToken(ctx, scope),
          hidden: { token },
          minPasswordLength: PASSWORD_MIN,
          ...refill,
        },
        statusOf(refill),
      );
    if (ctx.method !== 'POST') return show();
    const refused = await refusal(ctx, scope);
    if (refused) return show(refused);
    const password = field(ctx, 'password', 1024);
    const owner = await findUserById(sqlOf(scope), state.token.userId);
    const errors = password
      ? await passwordFault(scope, password, owner ?? { email: '', givenName: '', familyName: '' })
      : { password: 'required' };
    if (Object.keys(errors).length > 0) return show({ errors });
    if (password !== field(ctx, 'passwordAgain', 1024)) return show({ errors: { passwordAgain: 'password_mismatch' } });
    const done = await resetPassword(deps, scope, {
      token,
      password,
      onReset: (sql, userId) => deps.tell(ctx, scope, { action: 'identity.password_reset', userId }, sql),
    });
    if (!done.ok) return brokenLink(ctx, scope, done.reason, '/account/forgot-password');
    setNotice(ctx, scope.brand.origin, 'password_changed');
    goSignIn(ctx);
  };

  /** Who works here already accepts by being signed in: the link must not open, or change, the account. */
  async function isSignedInAs(ctx: Context, scope: PageScope, person: UserRow, token: string): Promise<boolean> {
    const session = await deps.authenticator.sessionOf(ctx, scope.tenant, scope.brand);
    if (session?.userId === person.id) return true;
    const back = `/account/invitation?token=${encodeURIComponent(token)}`;
    if (!session) go(ctx, `/auth/login?returnTo=${encodeURIComponent(back)}`);
    else {
      const message = pages.text(scope, 'auth.errors.other_account');
      pages.draw(ctx, scope, 'error', { message, backUrl: '/account/security' }, 403);
    }
    return false;
  }

  const invitation: Page = async (ctx, scope) => {
    const token = ctx.method === 'POST' ? field(ctx, 'token') : String(ctx.query.token ?? '').slice(0, 100);
    const state = await readInvitation(sqlOf(scope), token, clock.now());
    if (!state.ok) return brokenLink(ctx, scope, state.reason, '/auth/login');
    const { email, role, agencyName, inviterName } = state.invitation;
    const holder = await findUserByEmail(sqlOf(scope), email);
    const colleague = holder && holder.role !== 'customer' ? holder : undefined;
    // The account may be the one this very link has just made in another request: then the link is used.
    const still = colleague ? await readInvitation(sqlOf(scope), token, clock.now()) : state;
    if (!still.ok) return brokenLink(ctx, scope, still.reason, '/auth/login');
    if (colleague && !(await isSignedInAs(ctx, scope, colleague, token))) return;
    const values = { givenName: field(ctx, 'givenName', 80).trim(), familyName: field(ctx, 'familyName', 80).trim() };
    const show = (refill: Refill = {}) =>
      pages.draw(
        ctx,
        scope,
        'accept-invitation',
        {
          action: '/account/invitation',
          csrfToken: pages.csrfToken(ctx, scope),
          hidden: { token },
          email,
          role,
          values,
          links: {},
          organisationName: agencyName ?? scope.tenant.name,
          minPasswordLength: PASSWORD_MIN,
          existingAccount: colleague !== undefined,
          ...(inviterName ? { inviterName } : {}),
          ...refill,
        },
        statusOf(refill),
      );
    if (ctx.method !== 'POST') return show();
    const refused = await refusal(ctx, scope);
    if (refused) return show(refused);
    if (colleague) {
      const details = { role, agencyId: state.invitation.agencyId };
      const event = { action: 'identity.invitation_accepted', userId: colleague.id, details } as const;
      const joined = await joinAgency(deps, scope.tenant, {
        token,
        userId: colleague.id,
        onJoined: (sql) => deps.tell(ctx, scope, event, sql),
      });
      if (!joined.ok) return brokenLink(ctx, scope, joined.reason, '/auth/login');
      return go(ctx, AGENCY_PATH);
    }
    const password = field(ctx, 'password', 1024);
    const errors = {
      ...personFaults({ ...values, password, terms: field(ctx, 'acceptTerms') }),
      ...(await passwordFault(scope, password, { ...values, email })),
    };
    if (Object.keys(errors).length > 0) return show({ errors });
    // The account is made in a transaction nobody else sees into: who it is can be told only when it is over.
    const done = await deps.tell.around(
      ctx,
      scope,
      { action: 'identity.invitation_accepted', email, details: { role } },
      () => acceptInvitation(deps, scope.tenant, { token, password, ...values, locale: scope.locale }),
      (ended) => (ended.ok ? { userId: ended.userId } : { outcome: 'refused', reason: ended.reason }),
    );
    if (!done.ok) return brokenLink(ctx, scope, done.reason, '/auth/login');
    setNotice(ctx, scope.brand.origin, 'account_created');
    goSignIn(ctx);
  };

  return {
    'GET /account/sign-up': signUp,
    'POST /account/sign-up': signUp,
    'POST /account/resend-verification': resendVerification,
    'GET /account/verify-email': verify,
    'GET /account/forgot-password': forgotPassword,
    'POST /account/forgot-password': forgotPassword,
    'GET /account/reset-password': chooseNewPassword,
    'POST /account/reset-password': chooseNewPassword,
    'GET /account/invitation': invitation,
    'POST /account/invitation': invitation,
  };
}

const goSignIn = (ctx: Context): void => go(ctx, '/auth/login');

function go(ctx: Context, to: string): void {
  ctx.status = 303;
  ctx.set('cache-control', 'no-store');
  ctx.redirect(to);
}
