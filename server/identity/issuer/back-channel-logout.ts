import type Provider from 'oidc-provider';
import type { Brand, Tenant } from '../../kernel/http/context.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { Logger } from '../../kernel/logging/logger.ts';
import type { Consumer } from '../../kernel/outbox/consumers.ts';
import { emitEvent } from '../../kernel/outbox/emit.ts';
import type { Issuers } from './issuers.ts';
import { PORTAL_CLIENT_ID } from './resource.ts';

const SESSION_ENDED = 'identity.session_ended@1';
/** After so many refusals (eight and a half minutes, waits doubling) the application is left to find out by itself: its tokens are gone. */
const MOST_ATTEMPTS = 9;

/** A session's end that an application wants to hear of. */
export interface EndedSession {
  readonly clientId: string;
  readonly accountId: string;
  readonly sid: string;
}

export type SendLogout = (ended: EndedSession) => Promise<void>;

/** What the provider's clients can do beside what its types say. */
export interface LogoutClient {
  clientId: string;
  backchannelLogoutUri?: string;
  backchannelLogout(accountId: string, sid: string): Promise<void>;
}

/** Notes that an application must be told. */
export const queueLogout = (sql: TenantSql, brand: Pick<Brand, 'id'>, ended: EndedSession): Promise<string> =>
  emitEvent(sql, { kind: SESSION_ENDED, payload: { brandId: brand.id, ...ended } });

/**
 * The provider tells clients while the person waits. That is right for the brand's own portal, which is this process; applications of others are
 * told by a worker, again and again until they answer (OpenID Connect Back-Channel Logout 1.0, 2.5 and 2.8).
 * @returns what really sends
 */
export function tellThirdPartiesLater(provider: Provider, sql: TenantSql, brand: Brand): SendLogout {
  const prototype = provider.Client.prototype as unknown as LogoutClient;
  const { backchannelLogout: sendNow } = prototype;
  prototype.backchannelLogout = async function tell(this: LogoutClient, accountId, sid) {
    if (this.clientId === PORTAL_CLIENT_ID) return sendNow.call(this, accountId, sid);
    await queueLogout(sql, brand, { clientId: this.clientId, accountId, sid });
  };
  return async ({ clientId, accountId, sid }) => {
    const client = (await provider.Client.find(clientId)) as unknown as LogoutClient | undefined;
    if (client?.backchannelLogoutUri) await sendNow.call(client, accountId, sid);
  };
}

/** Sends logout tokens of sessions that ended. */
export function createLogoutConsumer(deps: {
  issuers: Issuers;
  log: Logger;
  brandOf(tenant: Tenant, brandId: string): Promise<Brand | undefined>;
}): Consumer {
  return {
    name: 'identity.back-channel-logout',
    kinds: [SESSION_ENDED],
    async handle(event, tenant) {
      const { brandId, ...ended } = event.payload as unknown as EndedSession & { brandId: string };
      const brand = await deps.brandOf(tenant, brandId);
      if (!brand) return;
      const { sendLogout } = await deps.issuers.get(tenant, brand);
      try {
        await sendLogout(ended);
      } catch (error) {
        if (event.attempts + 1 < MOST_ATTEMPTS) throw error;
        deps.log.warn(
          { err: error, 'tenant.id': tenant.id, clientId: ended.clientId },
          'An application could not be told that a session ended',
        );
      }
    },
  };
}
