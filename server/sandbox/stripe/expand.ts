import type { Context } from './context.ts';
import { find } from './context.ts';
import { presentBalanceTransaction } from './balance.ts';
import { presentSession } from './checkout-sessions.ts';
import { invalidParam } from './errors.ts';
import type { Params } from './params.ts';
import { readStrings } from './params.ts';

function resolveId(ctx: Context, id: string): unknown {
  const prefix = id.slice(0, id.indexOf('_'));
  switch (prefix) {
    case 'pi':
      return find(ctx, 'payment_intent', id);
    case 'ch':
      return find(ctx, 'charge', id);
    case 'pm':
      return find(ctx, 'payment_method', id);
    case 're':
      return find(ctx, 'refund', id);
    case 'cus':
      return find(ctx, 'customer', id);
    case 'prod':
      return find(ctx, 'product', id);
    case 'txn': {
      const transaction = find(ctx, 'balance_transaction', id);
      return transaction && presentBalanceTransaction(transaction);
    }
    case 'cs': {
      const session = find(ctx, 'checkout_session', id);
      return session && presentSession(session);
    }
    case 'acct':
      return find({ ...ctx, account: null }, 'connected_account', id);
    case 'du':
      return find(ctx, 'dispute', id);
    // The receiving side of a transfer is not kept as an object of its own.
    case 'py':
    case 'pyr':
      return id;
    case 'tr':
      return find(ctx, 'transfer', id);
    case 'trr':
      return find(ctx, 'transfer_reversal', id);
    case 'fee':
      return find({ ...ctx, account: null }, 'application_fee', id);
    case 'fr':
      return find({ ...ctx, account: null }, 'fee_refund', id);
    default:
      return undefined;
  }
}

function expandPath(ctx: Context, node: unknown, steps: string[], path: string): unknown {
  const [step, ...rest] = steps;
  if (step === undefined || node === null) return node;
  if (Array.isArray(node)) return node.map((item) => expandPath(ctx, item, steps, path));
  if (typeof node !== 'object') throw invalidParam('expand', `This property cannot be expanded (${path}).`);
  const object = node as Record<string, unknown>;
  // Line items are left out of a session unless asked for.
  if (step === 'line_items' && object.object === 'checkout.session') {
    const session = find(ctx, 'checkout_session', String(object.id));
    return { ...object, line_items: expandPath(ctx, session?.line_items ?? null, rest, path) };
  }
  if (step === 'refunds' && object.object === 'charge') {
    const data = ctx.store
      .all('refund')
      .filter((refund) => refund.charge === object.id)
      .reverse()
      .slice(0, 10);
    return {
      ...object,
      refunds: expandPath(
        ctx,
        { object: 'list', data, has_more: false, url: `/v1/charges/${String(object.id)}/refunds` },
        rest,
        path,
      ),
    };
  }
  if (!(step in object))
    throw invalidParam(
      'expand',
      `This property cannot be expanded (${path}). You may want to try expanding a property of the object you asked for.`,
    );
  const value = object[step];
  if (value === null) return object;
  const resolved = typeof value === 'string' ? resolveId(ctx, value) : value;
  if (resolved === undefined) throw invalidParam('expand', `This property cannot be expanded (${path}).`);
  return { ...object, [step]: expandPath(ctx, resolved, rest, path) };
}

/** Puts whole objects where the answer has ids, for every path of `expand[]`; four steps at most. */
export function expandAnswer(ctx: Context, answer: unknown, params: Params): unknown {
  return (readStrings(params, 'expand') ?? []).reduce<unknown>((node, path) => {
    const steps = path.split('.');
    if (steps.length > 4 + (steps[0] === 'data' ? 1 : 0))
      throw invalidParam('expand', `You cannot expand more than 4 levels of a property: ${path}`);
    return expandPath(ctx, node, steps, path);
  }, answer);
}
