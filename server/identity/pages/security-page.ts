import type { Context } from 'koa';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/database/database.ts';
import type { RateLimiter } from '../../kernel/http/rate-limit.ts';
import { STEP_UP_PATH, isFresh } from '../../kernel/http/step-up.ts';
import type { Redis } from '../../kernel/redis.ts';
import { isUuid } from '../../kernel/ids.ts';
import type { ActorLookup, Person } from '../actor-lookup.ts';
import { mayTry } from '../attempts.ts';
import type { Authenticator } from '../authenticate.ts';
import type { EndSessions } from '../end-session.ts';
import { describeBrowser } from '../factors/devices.ts';
import { addPasskey, newPasskeyOptions, rpIdOf } from '../factors/passkeys.ts';
import {
  countRecoveryCodes,
  deletePasskey,
  deleteTotp,
  hasTotp,
  listPasskeys,
  renamePasskey,
} from '../factors/repository.ts';
import { enableTotp, renewRecoveryCodes } from '../factors/second-factor.ts';
import { newTotpSecret, presentSecret } from '../factors/totp.ts';
import type { TellEvent } from '../identity-event.ts';
import type { PasswordRules } from '../password-rules.ts';
import type { Passwords } from '../password.ts';
import type { PortalSession, PortalSessions } from '../portal/sessions.ts';
import { findUserById, updateUser } from '../repository.ts';
import { emitSecurityNotice, type SecurityNotice } from '../security-notice.ts';
import { readSignInPolicy } from '../sign-in-policy.ts';
import type { SignOutEverywhere } from '../sign-out-everywhere.ts';
import { PASSWORD_MIN, type StaffRole } from '../user.ts';
import { field, type Pages, type PageScope } from './page.ts';
import { PASSKEY_SCRIPT } from './passkey-script.ts';

const HOME = '/account/security';
const POSTS = { points: 60, seconds: 600 };
/** Guesses of the current password by somebody at an open session. */
const PASSWORD_TRIES = { points: 8, seconds: 900 };
const ENROLMENT = 'page.totp';

interface Deps {
  pages: Pages;
  tell: TellEvent;
  database: Database;
  redis: Redis;
  passwords: Passwords;
  passwordRules: PasswordRules;
  clock: Clock;
  rateLimiter: RateLimiter;
  sessions: PortalSessions;
  endSessions: EndSessions;
  signOutEverywhere: SignOutEverywhere;
  authenticator: Authenticator;
  actors: ActorLookup;
}

/** Whose page it is, and the session it is looked at with. */
interface Visit {
  person: Person;
  session: PortalSession;
}

type Handler = (ctx: Context, scope: PageScope, visit: Visit) => Promise<void>;
type Page = (ctx: Context, scope: PageScope) => Promise<void>;
interface Shown {
  errors?: Record<string, string>;
  formError?: string;
  status?: number;
}

/** A person's own security: password, second factor, passkeys, browsers. Plain forms; only making a passkey needs a script. */
export function createSecurityPages(deps: Deps): Record<string, Page> {
  const { pages, database, clock } = deps;
  const sqlOf = (scope: PageScope) => database.tenant(scope.tenant);

  function go(ctx: Context, to: string): void {
    ctx.status = 303;
    ctx.set('cache-control', 'no-store');
    ctx.redirect(to);
  }
  const done = (ctx: Context, what: string) => go(ctx, `${HOME}?done=${what}`);

  /** Only for somebody who is signed in, and posts only from a page of this site; `fresh` ones only soon after a sign-in. */
  const guarded =
    (handler: Handler, { fresh = false } = {}): Page =>
    async (ctx, scope) => {
      const session = await deps.authenticator.sessionOf(ctx, scope.tenant, scope.brand);
      const person = session && (await deps.actors.user(scope.tenant, session.userId, session.membershipId));
      const back = encodeURIComponent(ctx.method === 'GET' ? ctx.path : HOME);
      if (!session || !person) return go(ctx, `/auth/login?returnTo=${back}`);
      const visit = { person, session };
      if (ctx.method === 'POST') {
        if (!pages.isGenuine(ctx, scope, field(ctx, '_csrf')))
          return show(ctx, scope, visit, { formError: 'csrf', status: 403 });
        const key = `${scope.tenant.id}:security-of:${person.user.id}`;
        if (!(await mayTry(deps.rateLimiter, key, POSTS)))
          return show(ctx, scope, visit, { formError: 'too_many_attempts', status: 429 });
      }
      const authentication = { at: new Date(session.authenticatedAt), methods: session.methods };
      if (fresh && !isFresh({ kind: 'user', authentication }, clock.now()))
        return go(ctx, `${STEP_UP_PATH}?returnTo=${back}`);
      return handler(ctx, scope, visit);
    };

  /** What changed is mailed to the person, and its other sessions end: whoever else was in is out (OWASP ASVS 5, 7.4.3). */
  async function changed(
    ctx: Context,
    scope: PageScope,
    { person, session }: Visit,
    told: { notice: SecurityNotice; detail?: string },
    work: Parameters<typeof database.withTenant<boolean>>[1],
  ): Promise<boolean> {
    const ok = await database.withTenant(scope.tenant, async (sql) => {
      if (!(await work(sql))) return false;
      await emitSecurityNotice(sql, scope.brand, person.user, { ...told, at: clock.now() });
      await deps.tell(ctx, scope, { action: `identity.${told.notice}`, userId: person.user.id }, sql);
      return true;
    });
    if (ok) await deps.endSessions.endOthers(scope.tenant, person.user.id, session.id);
    return ok;
  }

  async function show(ctx: Context, scope: PageScope, { person, session }: Visit, shown: Shown = {}): Promise<void> {
    const sql = sqlOf(scope);
    const { user } = person;
    const [enrolled, codesLeft, passkeys, live, policy, seats] = await Promise.all([
      hasTotp(sql, user.id),
      countRecoveryCodes(sql, user.id),
      listPasskeys(sql, user.id),
      deps.sessions.list(scope.tenant, user.id),
      readSignInPolicy(sql),
      deps.actors.seats(scope.tenant, user.id),
    ]);
    const { status, ...faults } = shown;
    const notice =
      typeof ctx.query.done === 'string' && /^[a-z_]{1,40}$/.test(ctx.query.done) ? ctx.query.done : undefined;
    pages.draw(
      ctx,
      scope,
      'account-security',
      {
        csrfToken: pages.csrfToken(ctx, scope),
        email: user.email,
        minPasswordLength: PASSWORD_MIN,
        secondFactor: {
          enrolled,
          codesLeft,
          required: seats.some((seat) => policy.secondFactorRoles.includes(seat.user.role as StaffRole)),
        },
        passkeys: passkeys.map(({ id, name, rpId, createdAt, lastUsedAt }) => ({
          id,
          name,
          rpId,
          createdAt,
          lastUsedAt,
        })),
        sessions: live.map((one) => ({
          byOperator: one.operator !== undefined,
          id: one.id,
          browser: describeBrowser(one.userAgent),
          ip: one.ip,
          startedAt: new Date(one.startedAt),
          lastSeenAt: new Date(one.lastSeenAt),
          current: one.id === session.id,
        })),
        hasAgencies: seats.length > 1,
        hasOthers: live.length > 1,
        backUrl: user.role === 'customer' ? '/account' : '/console/settings/account',
        ...(notice && NOTICES.has(notice) ? { notice } : {}),
        ...faults,
      },
      status,
    );
  }

  const changePassword: Handler = async (ctx, scope, visit) => {
    const { user } = visit.person;
    const [current, password] = [field(ctx, 'currentPassword', 1024), field(ctx, 'password', 1024)];
    const fault = (errors: Record<string, string>) => show(ctx, scope, visit, { errors, status: 422 });
    if (!current) return fault({ currentPassword: 'required' });
    const key = `${scope.tenant.id}:password-of:${user.id}`;
    if (!(await mayTry(deps.rateLimiter, key, PASSWORD_TRIES)))
      return show(ctx, scope, visit, { formError: 'too_many_attempts', status: 429 });
    const stored = (await findUserById(sqlOf(scope), user.id))?.passwordHash;
    if (!(await deps.passwords.verify(stored, current))) return fault({ currentPassword: 'password_wrong' });
    const weak = password
      ? await deps.passwordRules.fault(password, { ...user, brand: scope.brand, tenant: scope.tenant })
      : 'required';
    if (weak) return fault({ password: weak });
    if (password !== field(ctx, 'passwordAgain', 1024)) return fault({ passwordAgain: 'password_mismatch' });
    const passwordHash = await deps.passwords.hash(password);
    await changed(ctx, scope, visit, { notice: 'password_changed' }, async (sql) => {
      await updateUser(sql, user.id, { password_hash: passwordHash, failed_sign_ins: 0, locked_until: null });
      return true;
    });
    done(ctx, 'password_saved');
  };

  /** The secret travels in the form, sealed for this person: nothing is stored before its first code was right. */
  const setUpTotp: Handler = async (ctx, scope, visit) => {
    const { user } = visit.person;
    const sql = sqlOf(scope);
    const posted = ctx.method === 'POST' ? openSecret(scope, user.id, field(ctx, 'enrolment', 500)) : undefined;
    const secret = posted ?? newTotpSecret();
    const draw = async (shown: Shown = {}) => {
      const { status, ...faults } = shown;
      const { picture, text } = await presentSecret(secret, { brand: scope.brand.name, email: user.email });
      pages.draw(
        ctx,
        scope,
        'enrol-totp',
        {
          action: `${HOME}/totp`,
          csrfToken: pages.csrfToken(ctx, scope),
          hidden: { enrolment: sql.vault.seal(ENROLMENT, secret, user.id) },
          picture,
          secretText: text,
          links: { cancel: HOME },
          ...faults,
        },
        status,
      );
    };
    if (ctx.method !== 'POST') return draw();
    if (!posted) return draw({ formError: 'csrf', status: 422 });
    let codes: string[] = [];
    const code = field(ctx, 'code', 20);
    const ok = await changed(ctx, scope, visit, { notice: 'second_factor_on' }, async (bound) => {
      if (!(await enableTotp(bound, user.id, { secret, code, now: clock.now() }))) return false;
      codes = await renewRecoveryCodes(bound, user.id);
      return true;
    });
    return ok
      ? showCodes(ctx, scope, codes)
      : draw({ errors: { code: code ? 'code_invalid' : 'required' }, status: 422 });
  };

  function openSecret(scope: PageScope, userId: string, sealed: string): string | undefined {
    try {
      return sqlOf(scope).vault.open(ENROLMENT, sealed, userId);
    } catch {
      return undefined;
    }
  }

  const showCodes = (ctx: Context, scope: PageScope, codes: string[]) =>
    pages.draw(ctx, scope, 'recovery-codes', { codes, continueUrl: HOME });

  const removeTotp: Handler = async (ctx, scope, visit) => {
    const { id } = visit.person.user;
    const removed = await changed(ctx, scope, visit, { notice: 'second_factor_off' }, async (sql) => {
      if (!(await hasTotp(sql, id))) return false;
      await deleteTotp(sql, id);
      return true;
    });
    if (removed) return done(ctx, 'second_factor_off');
    go(ctx, HOME);
  };

  const renewCodes: Handler = async (ctx, scope, visit) => {
    const { id } = visit.person.user;
    let codes: string[] = [];
    await changed(ctx, scope, visit, { notice: 'recovery_codes_renewed' }, async (sql) => {
      if (!(await hasTotp(sql, id))) return false;
      codes = await renewRecoveryCodes(sql, id);
      return true;
    });
    if (codes.length > 0) return showCodes(ctx, scope, codes);
    go(ctx, HOME);
  };

  const newPasskey: Handler = async (ctx, scope, visit) => {
    const { user, actor } = visit.person;
    const sql = sqlOf(scope);
    const name = field(ctx, 'name', 60).trim();
    const draw = async (shown: Shown = {}) => {
      const { status, ...faults } = shown;
      const options = await newPasskeyOptions(deps, sql, scope.brand, {
        id: user.id,
        email: user.email,
        name: actor.name,
      });
      if (!options) return show(ctx, scope, visit, { formError: 'passkeys_full', status: 409 });
      pages.draw(
        ctx,
        scope,
        'new-passkey',
        {
          action: `${HOME}/passkeys/new`,
          csrfToken: pages.csrfToken(ctx, scope),
          values: { name: name || describeBrowser(ctx.get('user-agent')) },
          host: rpIdOf(scope.brand),
          passkey: { options: JSON.stringify(options), script: PASSKEY_SCRIPT },
          links: { cancel: HOME },
          ...faults,
        },
        status,
      );
    };
    if (ctx.method !== 'POST') return draw();
    if (!name) return draw({ errors: { name: 'required' }, status: 422 });
    const added = await changed(ctx, scope, visit, { notice: 'passkey_added', detail: name }, async (bound) => {
      const given = { userId: user.id, name, credential: field(ctx, 'credential', 16_000) };
      return (await addPasskey(deps, bound, scope.brand, given)) !== undefined;
    });
    return added ? done(ctx, 'passkey_added') : draw({ formError: 'passkey_invalid', status: 422 });
  };

  const changePasskey: Handler = async (ctx, scope, visit) => {
    const { id: userId } = visit.person.user;
    const [id, name] = [field(ctx, 'id', 36), field(ctx, 'name', 60).trim()];
    if (isUuid(id) && name) await renamePasskey(sqlOf(scope), userId, id, name);
    go(ctx, HOME);
  };

  const removePasskey: Handler = async (ctx, scope, visit) => {
    const { id: userId } = visit.person.user;
    const id = field(ctx, 'id', 36);
    const removed =
      isUuid(id) &&
      (await changed(ctx, scope, visit, { notice: 'passkey_removed' }, (sql) => deletePasskey(sql, userId, id)));
    if (removed) return done(ctx, 'passkey_removed');
    go(ctx, HOME);
  };

  const endSession: Handler = async (ctx, scope, { person, session }) => {
    const id = field(ctx, 'id', 36);
    if (isUuid(id) && id !== session.id) await deps.endSessions.endOne(scope.tenant, person.user.id, id);
    done(ctx, 'session_ended');
  };

  const endOthers: Handler = async (ctx, scope, { person, session }) => {
    await deps.tell.around(ctx, scope, { action: 'identity.sessions_ended', userId: person.user.id }, () =>
      deps.endSessions.endOthers(scope.tenant, person.user.id, session.id),
    );
    done(ctx, 'session_ended');
  };

  const signOutAll: Handler = async (ctx, scope, { person }) => {
    await deps.tell.around(ctx, scope, { action: 'identity.sessions_ended', userId: person.user.id }, () =>
      deps.signOutEverywhere(scope.tenant, person.user.id),
    );
    go(ctx, '/');
  };

  return {
    [`GET ${HOME}`]: guarded(show),
    [`POST ${HOME}/password`]: guarded(changePassword),
    [`GET ${HOME}/totp`]: guarded(setUpTotp, { fresh: true }),
    [`POST ${HOME}/totp`]: guarded(setUpTotp, { fresh: true }),
    [`POST ${HOME}/totp/remove`]: guarded(removeTotp, { fresh: true }),
    [`POST ${HOME}/recovery-codes`]: guarded(renewCodes, { fresh: true }),
    [`GET ${HOME}/passkeys/new`]: guarded(newPasskey, { fresh: true }),
    [`POST ${HOME}/passkeys/new`]: guarded(newPasskey, { fresh: true }),
    [`POST ${HOME}/passkeys/rename`]: guarded(changePasskey),
    [`POST ${HOME}/passkeys/remove`]: guarded(removePasskey, { fresh: true }),
    [`POST ${HOME}/sessions/end`]: guarded(endSession),
    [`POST ${HOME}/sessions/end-others`]: guarded(endOthers),
    [`POST ${HOME}/sessions/end-all`]: guarded(signOutAll),
  };
}

const NOTICES = new Set(['password_saved', 'second_factor_off', 'passkey_added', 'passkey_removed', 'session_ended']);
