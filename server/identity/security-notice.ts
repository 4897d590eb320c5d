import type { TenantSql } from '../kernel/database/sql.ts';
import type { Brand } from '../kernel/http/context.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import type { User } from './user.ts';

/** What a person is told of by mail, so that a change it did not make does not stay unseen (OWASP ASVS 5, 6.3.5 and 6.3.7). */
export type SecurityNotice =
  | 'new_device'
  | 'password_changed'
  | 'second_factor_on'
  | 'second_factor_off'
  | 'recovery_codes_renewed'
  | 'recovery_code_used'
  | 'passkey_added'
  | 'passkey_removed';

/** Asks for the mail, in the transaction of what it tells of. `detail` names the browser or the passkey. */
export const emitSecurityNotice = (
  sql: TenantSql,
  brand: Brand,
  user: Pick<User, 'id' | 'email' | 'givenName' | 'locale'>,
  told: { notice: SecurityNotice; detail?: string; at: Date },
): Promise<string> =>
  emitEvent(sql, {
    kind: 'identity.security_notice@1',
    payload: {
      userId: user.id,
      recipient: user.email,
      recipientName: user.givenName,
      brandId: brand.id,
      locale: user.locale,
      notice: told.notice,
      detail: told.detail ?? null,
      url: `${brand.origin}/account/security`,
      occurredAt: told.at.toISOString(),
    },
  });
