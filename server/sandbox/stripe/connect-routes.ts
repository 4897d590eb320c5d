import { createAccountLink } from './account-links.ts';
import { assertPlatform, createAccount, currentAccount, loadAccount, updateAccount } from './accounts.ts';
import { createFeeRefund } from './application-fees.ts';
import { load, ownedBy } from './context.ts';
import { closeDispute, updateDispute } from './disputes.ts';
import { listPage } from './lists.ts';
import { matching, route, type Route } from './route.ts';
import { createReversal, createTransfer, updateTransfer } from './transfers.ts';

/** Addresses of Connect and of disputes. */
export const connectRoutes = (): Route[] => [
  route('POST', '/accounts', (ctx, params) => createAccount(ctx, params)),
  route('GET', '/accounts', (ctx, params) => {
    assertPlatform(ctx, 'accounts');
    return listPage(
      ownedBy(ctx, 'connected_account').map((account) => ({ ...account, created: account.created ?? 0 })),
      params,
      '/v1/accounts',
    );
  }),
  route('GET', '/account', (ctx) => currentAccount(ctx)),
  route('GET', '/accounts/:id', (ctx, _params, id) => loadAccount(ctx, id)),
  route('POST', '/accounts/:id', (ctx, params, id) => updateAccount(ctx, id, params)),
  route('POST', '/account_links', (ctx, params) => createAccountLink(ctx, params)),
  route('POST', '/transfers', (ctx, params) => createTransfer(ctx, params)),
  route('GET', '/transfers', (ctx, params) =>
    listPage(matching(ownedBy(ctx, 'transfer'), params, ['destination', 'transfer_group']), params, '/v1/transfers'),
  ),
  route('GET', '/transfers/:id', (ctx, _params, id) => load(ctx, 'transfer', id)),
  route('POST', '/transfers/:id', (ctx, params, id) => updateTransfer(ctx, id, params)),
  route('POST', '/transfers/:id/reversals', (ctx, params, id) => createReversal(ctx, id, params)),
  route('GET', '/transfers/:id/reversals', (ctx, params, id) =>
    listPage([...load(ctx, 'transfer', id).reversals.data].reverse(), params, `/v1/transfers/${id}/reversals`),
  ),
  route('GET', '/transfers/:id/reversals/:id', (ctx, _params, _transfer, id) => load(ctx, 'transfer_reversal', id)),
  route('GET', '/application_fees', (ctx, params) =>
    listPage(matching(ownedBy(ctx, 'application_fee'), params, ['charge']), params, '/v1/application_fees'),
  ),
  route('GET', '/application_fees/:id', (ctx, _params, id) => load(ctx, 'application_fee', id)),
  route('POST', '/application_fees/:id/refunds', (ctx, params, id) => createFeeRefund(ctx, id, params)),
  route('GET', '/application_fees/:id/refunds', (ctx, params, id) =>
    listPage(
      [...load(ctx, 'application_fee', id).refunds.data].reverse(),
      params,
      `/v1/application_fees/${id}/refunds`,
    ),
  ),
  route('GET', '/application_fees/:id/refunds/:id', (ctx, _params, _fee, id) => load(ctx, 'fee_refund', id)),
  route('GET', '/disputes', (ctx, params) =>
    listPage(matching(ownedBy(ctx, 'dispute'), params, ['charge', 'payment_intent']), params, '/v1/disputes'),
  ),
  route('GET', '/disputes/:id', (ctx, _params, id) => load(ctx, 'dispute', id)),
  route('POST', '/disputes/:id', (ctx, params, id) => updateDispute(ctx, id, params)),
  route('POST', '/disputes/:id/close', (ctx, params, id) => closeDispute(ctx, id, params)),
];
