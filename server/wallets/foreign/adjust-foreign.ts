import { noAudit, type AuditPen } from '../../kernel/http/audit.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { emitEvent } from '../../kernel/outbox/emit.ts';
import { must } from '../../kernel/must.ts';
import { buildWalletMovement, postTransaction } from '../../ledger/index.ts';
import type { WalletAdjustment } from '../change-wallet.ts';
import { WalletMissing } from '../errors.ts';
import { lockWallets } from '../repository.ts';
import { WalletError } from '../wallet.ts';
import { CurrencyNotAccepted, ForeignBalanceShort } from './errors.ts';
import { findAccepted, findForeignEntry, lockBalance, writeForeignMove, type ForeignEntryRow } from './repository.ts';

/**
 * Puts money into a balance in another currency or takes it out, with its ledger posting in both books and an event, in the caller's
 * transaction. It never goes below zero: such a balance has no credit.
 * @throws ForeignBalanceShort, CurrencyNotAccepted for one the parent never took, `wallet.missing`; WalletError for a top-up that is not more than zero
 */
export async function adjustForeign(
  sql: TenantSql,
  change: WalletAdjustment & { currency: string },
  audit: AuditPen = noAudit,
): Promise<ForeignEntryRow> {
  const { agencyId, currency, amountMinor, kind, reason, key, actorId, occurredAt } = change;
  if (kind === 'top_up' && amountMinor <= 0)
    throw new WalletError('amount_not_positive', 'A top-up must be more than zero.');
  const [wallet] = await lockWallets(sql, [agencyId]);
  if (!wallet) throw WalletMissing();
  // One that was closed meanwhile still takes what was announced before.
  if (!(await findAccepted(sql, wallet.parent_id, currency))) throw CurrencyNotAccepted({ currency });
  const balance = await lockBalance(sql, wallet.id, currency);
  const before = await findForeignEntry(sql, balance.id, key);
  if (before) return before;
  if (balance.balance_minor + amountMinor < 0)
    throw ForeignBalanceShort({ available: { amount: balance.balance_minor, currency } });

  await writeForeignMove(sql, { balance, key, kind, amountMinor, reason, actorId });
  const posting = buildWalletMovement({
    movementId: `${balance.id}/${key}`,
    kind,
    parentId: wallet.parent_id,
    childId: agencyId,
    amount: amountMinor,
    currency,
  });
  audit.note({
    subject: { label: wallet.agency_name },
    before: { balanceMinor: balance.balance_minor },
    after: { balanceMinor: balance.balance_minor + amountMinor },
    details: { kind, reason, currency },
  });
  const description =
    kind === 'top_up' ? `Wallet top-up of ${wallet.agency_name}` : `Wallet adjustment of ${wallet.agency_name}`;
  await postTransaction(sql, posting, { occurredAt, description });
  await emitEvent(sql, {
    kind: kind === 'top_up' ? 'wallet.topped_up@1' : 'wallet.adjusted@1',
    payload: {
      agencyId,
      walletId: wallet.id,
      key,
      currency,
      ...(change.topUpId ? { topUpId: change.topUpId } : {}),
    },
  });
  return must(await findForeignEntry(sql, balance.id, key), `the entry ${key}`);
}
