import { q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { VersionChanged } from '../../kernel/http/entity-tag.ts';
import type { ExchangeSettingsChange, ExchangeSettingsView } from './schema.ts';

export interface RateRow {
  currency: string;
  /** Decimal string. */
  mid: string;
  source: string;
  quotedAt: Date;
}

export interface RateHistoryRow extends Omit<RateRow, 'mid'> {
  id: string;
  /** Null: the rate was taken away. */
  mid: string | null;
  changedBy: string | null;
  recordedAt: Date;
}

const RATE = { currency: 'currency', mid: 'mid', source: 'source', quotedAt: 'quoted_at' };

export const listRates = (sql: TenantSql) => sql.all<RateRow>(q('exchange_rates').orderBy('currency').select(RATE));

/** Sets rates, each in place of the one there was. @returns how many are other than before */
export async function putRates(sql: TenantSql, rates: readonly RateRow[], changedBy: string | null): Promise<number> {
  if (rates.length === 0) return 0;
  const rows = rates.map(({ currency, mid, source, quotedAt }) => ({
    currency,
    mid,
    source,
    quoted_at: quotedAt,
    changed_by: changedBy,
  }));
  return sql.run(
    q('exchange_rates')
      .insert(rows)
      .onConflict('currency')
      .merge({
        mid: q.raw('excluded.mid'),
        source: q.raw('excluded.source'),
        quoted_at: q.raw('excluded.quoted_at'),
        changed_by: q.raw('excluded.changed_by'),
        updated_at: q.fn.now(),
        version: q.raw('exchange_rates.version + 1'),
      })
      .whereRaw(
        '(exchange_rates.mid, exchange_rates.source, exchange_rates.quoted_at) is distinct from (excluded.mid, excluded.source, excluded.quoted_at)',
      ),
  );
}

/** The same for a feed, which never brings an older rate back over a newer one. */
export async function putNewerRates(sql: TenantSql, rates: readonly RateRow[]): Promise<number> {
  const now = new Map((await listRates(sql)).map((rate) => [rate.currency, rate.quotedAt.getTime()]));
  return putRates(
    sql,
    rates.filter(({ currency, quotedAt }) => quotedAt.getTime() > (now.get(currency) ?? 0)),
    null,
  );
}

export const deleteRate = (sql: TenantSql, currency: string): Promise<number> =>
  sql.run(q('exchange_rates').where({ currency }).delete());

/** Newest first. */
export const listRateHistory = (sql: TenantSql, currency: string, limit: number) =>
  sql.all<RateHistoryRow>(
    q('exchange_rate_history')
      .where({ currency })
      .orderBy('id', 'desc')
      .limit(limit)
      .select({ ...RATE, id: q.raw('id::text'), changedBy: 'changed_by', recordedAt: 'recorded_at' }),
  );

const SETTINGS = { spreadBp: 'spread_bp', maxAgeHours: 'max_age_hours', takesFeed: 'takes_feed', version: 'version' };

export async function readExchangeSettings(sql: TenantSql): Promise<ExchangeSettingsView> {
  const settings = await sql.one<ExchangeSettingsView>(q('exchange_settings').select(SETTINGS));
  if (!settings) throw new Error('The tenant has no row of exchange settings');
  return settings;
}

/** @throws VersionChanged when it was changed since it was read */
export async function updateExchangeSettings(
  sql: TenantSql,
  version: number,
  change: ExchangeSettingsChange,
): Promise<void> {
  const written = await sql.run(
    q('exchange_settings')
      .where({ version })
      .update({
        spread_bp: change.spreadBp,
        max_age_hours: change.maxAgeHours,
        takes_feed: change.takesFeed,
        version: q.raw('version + 1'),
      }),
  );
  if (written === 0) throw VersionChanged();
}
