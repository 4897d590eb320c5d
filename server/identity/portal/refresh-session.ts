import { setTimeout as sleep } from 'node:timers/promises';
import type { Brand, Tenant } from '../../kernel/http/context.ts';
import type { Logger } from '../../kernel/logging/logger.ts';
import type { RelyingParty } from './relying-party.ts';
import type { PortalSession, PortalSessions } from './sessions.ts';

const EARLY_MS = 30_000;
const WAIT_STEP_MS = 50;
const WAIT_STEPS = 100;

/**
 * Keeps a session's tokens fresh. Refresh tokens rotate, and using one twice ends the whole grant: so one refresh at a time for each
 * session, over all processes; the others wait for its result.
 */
export function createSessionRefresher(deps: { sessions: PortalSessions; relyingParty: RelyingParty; log: Logger }) {
  const { sessions, relyingParty } = deps;
  const flights = new Map<string, Promise<PortalSession | undefined>>();
  const isFresh = (session: PortalSession) => session.tokens.accessExpiresAt - EARLY_MS > Date.now();

  async function refresh(tenant: Tenant, brand: Brand, stale: PortalSession): Promise<PortalSession | undefined> {
    let result: PortalSession | undefined = stale;
    const mine = await sessions.exclusively(tenant, stale.key, async () => {
      result = await sessions.readByKey(tenant, stale.key);
      if (!result || isFresh(result)) return;
      try {
        result = { ...result, tokens: await relyingParty.refresh(tenant, brand, result.tokens) };
        await sessions.update(tenant, result);
      } catch (error) {
        if (!relyingParty.isRefusal(error)) {
          deps.log.warn(
            { err: error, 'tenant.id': tenant.id },
            'A session could not be refreshed; the next request tries again',
          );
          return;
        }
        await sessions.end(tenant, stale);
        result = undefined;
      }
    });
    return mine ? result : waitForOther(tenant, stale);
  }

  async function waitForOther(tenant: Tenant, stale: PortalSession): Promise<PortalSession | undefined> {
    let current: PortalSession | undefined = stale;
    for (let step = 0; step < WAIT_STEPS && current && !isFresh(current); step++) {
      await sleep(WAIT_STEP_MS);
      current = await sessions.readByKey(tenant, stale.key);
    }
    return current;
  }

  /** The session with fresh tokens, or undefined when the issuer ended it (signed out elsewhere, suspended, password changed). */
  return (tenant: Tenant, brand: Brand, session: PortalSession): Promise<PortalSession | undefined> => {
    if (isFresh(session)) return Promise.resolve(session);
    const name = `${tenant.id}:${session.key}`;
    let flight = flights.get(name);
    if (!flight) {
      flight = refresh(tenant, brand, session).finally(() => flights.delete(name));
      flights.set(name, flight);
    }
    return flight;
  };
}

export type RefreshSession = ReturnType<typeof createSessionRefresher>;
