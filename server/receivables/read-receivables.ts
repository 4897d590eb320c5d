import type { TenantSql } from '../kernel/database/sql.ts';
import { NotFound } from '../kernel/errors.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { decodeCursor, toPage } from '../kernel/http/cursor.ts';
import { q } from '../kernel/database/builder.ts';
import { AGE_BUCKETS, bucketOf, keptWallets, openWallet, type AgeBucket } from '../wallets/index.ts';
import { agencyOfEntry, selectOpen, type ReceivableRow } from './repository.ts';
import type { ReceivableQuery } from './schema.ts';

const DUE_CURSOR = /^\d{4}-\d\d-\d\d_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What is owed in one currency, by age. Minor units. */
export interface ReceivableTotal {
  currency: string;
  buckets: Record<AgeBucket, number>;
}

/** What the agencies directly below the actor's own level have not paid, what was due first before the rest. */
export async function listReceivables(
  sql: TenantSql,
  actor: Actor,
  query: ReceivableQuery,
  now: Date,
): Promise<{ rows: readonly ReceivableRow[]; next: string | null; totals: ReceivableTotal[] }> {
  const after = decodeCursor(query.cursor, DUE_CURSOR);
  const wallets = keptWallets(actor).where('w.balance_minor', '<', 0).whereNotNull('w.payment_days');
  if (query.agencyId) void wallets.where('w.agency_id', query.agencyId);
  const ids = (await sql.all<{ id: string }>(wallets)).map(({ id }) => id);
  if (ids.length === 0) return { rows: [], next: null, totals: [] };
  const page = selectOpen(ids, now)
    .orderBy('due')
    .orderBy('id')
    .limit(query.limit + 1);
  if (after) void page.whereRaw('(due, id) > (?::date, ?::uuid)', after.split('_'));
  if (query.show === 'overdue') void page.where('days', '>', 0);
  if (query.show === 'paused') void page.whereNotNull('paused_at');
  const found = toPage(await sql.all<ReceivableRow>(page), query.limit, (row) => `${row.due_on}_${row.id}`);
  return { ...found, totals: await sumByAge(sql, ids, now) };
}

async function sumByAge(sql: TenantSql, walletIds: readonly string[], now: Date): Promise<ReceivableTotal[]> {
  const days = await sql.all<{ currency: string; days: number; open: number }>(
    selectOpen(walletIds, now)
      .groupBy('currency', 'days')
      .orderBy('currency')
      .select('currency', 'days', q.raw('sum(open_minor)::bigint as open')),
  );
  const totals = new Map<string, ReceivableTotal>();
  for (const { currency, days: overdue, open } of days) {
    const none = Object.fromEntries(AGE_BUCKETS.map((name) => [name, 0])) as Record<AgeBucket, number>;
    const total = totals.get(currency) ?? { currency, buckets: none };
    total.buckets[bucketOf(overdue)] += open;
    totals.set(currency, total);
  }
  return [...totals.values()];
}

/** @throws 404 for what is paid, or not the actor's to see; 403 for what is not its to chase */
export async function openReceivable(
  sql: TenantSql,
  actor: Actor,
  id: string,
  now: Date,
  action: 'read' | 'adjust' = 'read',
): Promise<ReceivableRow> {
  const agencyId = await agencyOfEntry(sql, id);
  if (!agencyId) throw NotFound({ what: 'This receivable' });
  const wallet = await openWallet(sql, actor, agencyId, action);
  const row = await sql.one<ReceivableRow>(selectOpen([wallet.id], now).where({ id }));
  if (!row) throw NotFound({ what: 'This receivable' });
  return row;
}
