import type { TenantSql } from '../../kernel/database/sql.ts';
import type { Brand } from '../../kernel/http/context.ts';
import { emitEvent } from '../../kernel/outbox/emit.ts';
import { openUser, selectUsers } from '../repository.ts';
import type { User } from '../user.ts';

const MOST_ADMINS = 200;

/**
 * Asks for a mail to every administrator of the reseller that the way in for emergencies was used, or tried: who took over the account
 * reads its own mail, so it must not be the only one told. In the caller's transaction.
 */
export async function emitEmergencyNotice(
  sql: TenantSql,
  brand: Brand,
  used: { user: User; providerName: string; outcome: 'done' | 'denied'; at: Date },
): Promise<void> {
  const admins = await sql.all<User>(
    selectUsers().where({ 'u.role': 'reseller_admin', 'u.state': 'active' }).orderBy('u.id').limit(MOST_ADMINS),
  );
  const { user } = used;
  for (const admin of admins.map((row) => openUser(sql, row)))
    await emitEvent(sql, {
      kind: 'identity.emergency_access_used@1',
      payload: {
        userId: user.id,
        brandId: brand.id,
        locale: admin.locale,
        outcome: used.outcome,
        providerName: used.providerName,
        url: `${brand.origin}/console/settings/audit-log`,
        occurredAt: used.at.toISOString(),
      },
      personal: {
        recipient: admin.email,
        recipientName: admin.givenName,
        personName: `${user.givenName} ${user.familyName}`.trim() || user.email,
      },
    });
}
