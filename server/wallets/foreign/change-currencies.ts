import type { TenantSql } from '../../kernel/database/sql.ts';
import { NotFound, ValidationFailed } from '../../kernel/errors.ts';
import { noAudit, type AuditPen } from '../../kernel/http/audit.ts';
import { q } from '../../kernel/database/builder.ts';
import { WalletMissing } from '../errors.ts';
import { lockWallets } from '../repository.ts';
import { closeAccepted, findAccepted, putAccepted } from './repository.ts';

interface Doer {
  /** Whose setting it is; null: the reseller's. */
  readonly parentId: string | null;
  readonly actorId: string | null;
  readonly sellingCurrency: string;
  readonly audit: AuditPen;
}

/** Takes a currency from the agencies directly below, at a spread; quotes keep theirs. @throws ValidationFailed for the selling currency itself */
export async function acceptCurrency(sql: TenantSql, doer: Doer, currency: string, spreadBp: number): Promise<void> {
  if (currency === doer.sellingCurrency)
    throw ValidationFailed({
      errors: [
        { pointer: '/currency', code: 'own_currency', detail: `${currency} is the currency of the wallets themselves` },
      ],
    });
  const before = await findAccepted(sql, doer.parentId, currency);
  await putAccepted(sql, { parentId: doer.parentId, currency, spreadBp, changedBy: doer.actorId });
  doer.audit.note({
    subject: { label: currency },
    ...(before ? { before: { spreadBp: before.spread_bp, isOpen: before.is_open } } : {}),
    after: { spreadBp, isOpen: true },
  });
}

/** Takes no more of a currency; what agencies have in it they still exchange at the spread it had. @throws NotFound */
export async function closeCurrency(sql: TenantSql, doer: Doer, currency: string): Promise<void> {
  if ((await closeAccepted(sql, doer.parentId, currency)) === 0) throw NotFound({ what: 'This currency' });
  doer.audit.note({ subject: { label: currency }, before: { isOpen: true }, after: { isOpen: false } });
}

/** Switches on or off that what a booking lacks is exchanged by itself. @throws `wallet.missing` */
export async function switchAutoExchange(
  sql: TenantSql,
  { agencyId, isOn, now }: { agencyId: string; isOn: boolean; now: Date },
  audit: AuditPen = noAudit,
): Promise<void> {
  const [wallet] = await lockWallets(sql, [agencyId]);
  if (!wallet) throw WalletMissing();
  const since = isOn ? (wallet.auto_exchange_since ?? now) : null;
  audit.note({
    subject: { label: wallet.agency_name },
    before: { autoExchange: wallet.auto_exchange_since !== null },
    after: { autoExchange: isOn },
  });
  await sql.run(q('wallets').where({ id: wallet.id }).update({ auto_exchange_since: since, updated_at: q.fn.now() }));
}
