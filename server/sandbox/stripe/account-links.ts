import type Stripe from 'stripe';
import { assertPlatform, loadAccount } from './accounts.ts';
import type { Context } from './context.ts';
import { newId, nowSeconds } from './context.ts';
import { invalidParam } from './errors.ts';
import type { Params } from './params.ts';
import { allowOnly, readOneOf, requireString } from './params.ts';
import type { AccountLinkRecord } from './records.ts';
import type { Store } from './store.ts';

const CREATE = [
  'account',
  'collect',
  'collection_options',
  'refresh_url',
  'return_url',
  'type',
] as const satisfies readonly (keyof Stripe.AccountLinkCreateParams)[];
const LIFE_SECONDS = 300;

function readUrl(params: Params, key: string): string {
  const url = requireString(params, key);
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw invalidParam(key, `Not a valid URL`, 'url_invalid');
  return url;
}

/** A page where the owner of an account tells Stripe what it asks; works once and for five minutes. */
export function createAccountLink(ctx: Context, params: Params): Stripe.AccountLink {
  assertPlatform(ctx, 'account links');
  allowOnly(params, CREATE);
  const account = loadAccount(ctx, requireString(params, 'account'));
  const type = readOneOf(params, 'type', ['account_onboarding', 'account_update'] as const);
  if (type === undefined) throw invalidParam('type', 'Missing required param: type.', 'parameter_missing');
  const created = nowSeconds();
  const record: AccountLinkRecord = {
    id: newId('', 24).slice(1),
    account: account.id,
    returnUrl: readUrl(params, 'return_url'),
    refreshUrl: readUrl(params, 'refresh_url'),
    expiresAt: created + LIFE_SECONDS,
    isUsed: false,
  };
  ctx.store.put('account_link', record.id, record);
  return {
    object: 'account_link',
    created,
    expires_at: record.expiresAt,
    url: `${ctx.publicUrl}/setup/s/${record.id}`,
  };
}

/** The link, while it works. */
export function findLiveLink(store: Store, id: string): { link: AccountLinkRecord; isLive: boolean } | undefined {
  const link = store.get('account_link', id);
  return link && { link, isLive: !link.isUsed && link.expiresAt > nowSeconds() };
}
