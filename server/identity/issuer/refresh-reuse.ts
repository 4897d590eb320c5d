import type { Database } from '../../kernel/database/database.ts';
import type { Brand, Tenant } from '../../kernel/http/context.ts';
import type { Logger } from '../../kernel/logging/logger.ts';
import { emitEvent } from '../../kernel/outbox/emit.ts';
import { findUserById } from '../repository.ts';
import { deleteGrant } from './grants.ts';

/** A refresh token that was presented a second time, and whose family it is. */
export interface ReusedToken {
  readonly grantId: string;
  readonly accountId: string;
  readonly clientId: string;
}

export type RevokeFamily = (reused: ReusedToken) => Promise<void>;

/**
 * Somebody has a refresh token that somebody else has used: one of the two is a thief, and nobody can tell which (RFC 9700, 4.14.2). The grant
 * and every token of it go, and the person is told by mail, both or neither. However often it is reused, there is one mail.
 */
export function createReuseGuard(
  deps: { database: Database; log: Logger },
  tenant: Tenant,
  brand: Brand,
): RevokeFamily {
  return async ({ grantId, accountId, clientId }) => {
    await deps.database.withTenant(tenant, async (sql) => {
      const user = (await deleteGrant(sql, grantId)) ? await findUserById(sql, accountId) : undefined;
      if (!user) return;
      await emitEvent(sql, {
        kind: 'identity.refresh_token_reused@1',
        payload: {
          userId: user.id,
          recipient: user.email,
          recipientName: user.givenName,
          brandId: brand.id,
          locale: user.locale,
          clientId,
          occurredAt: new Date().toISOString(),
          url: `${brand.origin}/account/forgot-password`,
        },
      });
    });
    deps.log.warn({ 'tenant.id': tenant.id, clientId }, 'A refresh token was used twice: its family is revoked');
  };
}
