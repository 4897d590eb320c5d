import type { Context } from 'koa';
import type { Clock } from '../../kernel/clock.ts';
import type { Vault } from '../../kernel/crypto/vault.ts';
import type { Database } from '../../kernel/database/database.ts';
import type { GuardedFetch } from '../../kernel/egress/guarded-fetch.ts';
import type { RateLimiter } from '../../kernel/http/rate-limit.ts';
import type { Logger } from '../../kernel/logging/logger.ts';
import type { Redis } from '../../kernel/redis.ts';
import type { TellEvent } from '../identity-event.ts';
import type { Issuers } from '../issuer/issuers.ts';
import type { Pages, PageScope } from '../pages/page.ts';
import { findUserById } from '../repository.ts';
import type { SignOutEverywhere } from '../sign-out-everywhere.ts';
import { emitEmergencyNotice } from './emergency-notice.ts';
import { createFederationPages, FEDERATION_CALLBACK } from './federation-pages.ts';
import { createPassage, type PendingLink } from './passage.ts';
import { enforcedFor, enforcedForAddress, emergencyAccess } from './policy.ts';
import { linkIdentity, listButtons } from './repository.ts';
import { createUpstream } from './upstream.ts';

export interface FederationDeps {
  pages: Pages;
  database: Database;
  redis: Redis;
  vault: Vault;
  issuers: Issuers;
  rateLimiter: RateLimiter;
  clock: Clock;
  log: Logger;
  tell: TellEvent;
  signOutEverywhere: SignOutEverywhere;
  guardedFetch: GuardedFetch;
  /** On a developer's machine: providers over http. */
  allowHttp: boolean;
}

/** Signing in at an employer's identity provider, and what it means for the sign-in page. */
export function createFederation(deps: FederationDeps) {
  const { database } = deps;
  const passage = createPassage(deps.redis);
  const upstream = createUpstream(deps);
  const { sso, callback } = createFederationPages({ ...deps, passage, upstream });
  const ssoUrl = (uid: string, providerId: string) => `/interaction/${uid}/sso?provider=${providerId}`;

  return {
    /** `GET /interaction/:uid/sso` */
    sso,
    table: { [`GET ${FEDERATION_CALLBACK}`]: callback },
    /** Buttons of the sign-in page: on the reseller's own site, where its staff signs in. */
    async choicesFor({ tenant, brand }: PageScope, uid: string): Promise<Array<{ name: string; url: string }>> {
      if (brand.agencyId !== null) return [];
      const rows = await listButtons(database.tenant(tenant));
      return rows.map(({ id, name }) => ({ name, url: ssoUrl(uid, id) }));
    },
    /** Where whoever typed this address must go on, when its domain signs in at the employer's. */
    async providerFor({ tenant, brand }: PageScope, uid: string, email: string): Promise<string | undefined> {
      const provider = await enforcedForAddress(database.tenant(tenant), email);
      if (!provider) return undefined;
      const link = await passage.pendingLink(tenant, brand.id, uid);
      return link?.email === email ? undefined : `${ssoUrl(uid, provider.id)}&go=page`;
    },
    /** An identity that waits for the account's own sign-in. */
    pendingLink: ({ tenant, brand }: PageScope, uid: string): Promise<PendingLink | undefined> =>
      passage.pendingLink(tenant, brand.id, uid),
    /** Where a person who proved itself by password or passkey must go instead; undefined where that is enough. */
    async refuses({ tenant, brand }: PageScope, uid: string, userId: string): Promise<string | undefined> {
      const user = await findUserById(database.tenant(tenant), userId);
      const provider = user && (await enforcedFor(database.tenant(tenant), user));
      if (!provider) return undefined;
      const link = await passage.pendingLink(tenant, brand.id, uid);
      return link?.email === user.email ? undefined : `${ssoUrl(uid, provider.id)}&go=page`;
    },
    /**
     * After a sign-in by password or passkey: ties the waiting identity to the account that was proven, and records the use of the
     * way in for emergencies. False when that account may not come in without a second factor.
     */
    async afterSignIn(
      ctx: Context,
      scope: PageScope,
      uid: string,
      { userId, methods }: { userId: string; methods: readonly string[] },
    ): Promise<boolean> {
      const { tenant, brand } = scope;
      const sql = database.tenant(tenant);
      const user = await findUserById(sql, userId);
      if (!user) return true;
      const link = await passage.pendingLink(tenant, brand.id, uid);
      if (link?.email === user.email) {
        await linkIdentity(sql, { ...link, userId });
        await passage.dropLink(tenant, brand.id, uid);
        await deps.tell(ctx, scope, { action: 'identity.linked', userId, details: { provider: link.providerName } });
        return true;
      }
      const provider = await emergencyAccess(sql, user);
      if (!provider) return true;
      const outcome = methods.includes('mfa') ? 'done' : 'denied';
      const told = { user, providerName: provider.name, outcome, at: deps.clock.now() } as const;
      await database.withTenant(tenant, async (bound) => {
        await emitEmergencyNotice(bound, brand, told);
        await deps.tell(ctx, scope, { action: 'identity.emergency_access_used', outcome, userId }, bound);
      });
      return outcome === 'done';
    },
  };
}

export type Federation = ReturnType<typeof createFederation>;
