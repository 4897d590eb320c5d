import { readFile } from 'node:fs/promises';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { crossRates, readRateFeed, type RateFeed } from './read-feed.ts';
import { putNewerRates, readExchangeSettings } from './repository.ts';

type Fetch = (url: string) => Promise<Response>;

/** Reads the operator's source of rates, an https address or a file of this machine. @throws Error when it answers anything else */
export async function fetchRateFeed(address: string, fetch: Fetch): Promise<RateFeed> {
  const url = new URL(address);
  if (url.protocol === 'file:') return readRateFeed(await readFile(url, 'utf8'));
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`The source of exchange rates answered ${answer.status}.`);
  return readRateFeed(await answer.text());
}

/**
 * Takes the day's rates over for a reseller that wants them, in its own currency. A run again, or one that was missed, changes nothing
 * that is newer. @returns how many rates moved
 */
export async function takeRateFeed(sql: TenantSql, feed: RateFeed, sellingCurrency: string): Promise<number> {
  if (!(await readExchangeSettings(sql)).takesFeed) return 0;
  const rates = [...crossRates(feed, sellingCurrency)].map(([currency, mid]) => ({
    currency,
    mid,
    source: feed.source,
    quotedAt: new Date(feed.at),
  }));
  return putNewerRates(sql, rates);
}
