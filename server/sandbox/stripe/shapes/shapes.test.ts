import { describe, expect, it } from 'vitest';
import { findShapeFaults } from './testing.ts';

const transfer = {
  id: 'tr_1',
  object: 'transfer',
  amount: 100,
  amount_reversed: 0,
  balance_transaction: 'txn_1',
  created: 1,
  currency: 'eur',
  description: null,
  destination: 'acct_1',
  livemode: false,
  metadata: {},
  reversals: { object: 'list', data: [], has_more: false, url: '/v1/transfers/tr_1/reversals' },
  reversed: false,
  source_transaction: null,
  source_type: 'card',
  transfer_group: null,
};

describe('findShapeFaults', () => {
  it('finds nothing in what Stripe describes, alone, in a list and in an event', () => {
    expect(findShapeFaults(transfer)).toEqual([]);
    expect(findShapeFaults({ object: 'list', data: [transfer] })).toEqual([]);
    const event = {
      id: 'evt_1',
      object: 'event',
      api_version: '2026-10-28',
      created: 1,
      data: { object: transfer },
      livemode: false,
      pending_webhooks: 0,
      request: null,
      type: 'transfer.created',
    };
    expect(findShapeFaults(event)).toEqual([]);
    expect(findShapeFaults({ ...event, data: { object: { ...transfer, reversed: 'no' } } })).toEqual([
      'transfer:/reversed type',
    ]);
  });

  it.each([
    ['a number as text', { ...transfer, amount: '100' }, 'transfer:/amount type'],
    ['a field that is missing', { ...transfer, reversed: undefined }, 'transfer:/reversed required'],
    ['an item of a list', { ...transfer, reversals: { object: 'list' } }, 'transfer:/reversals/data required'],
    ['an unknown object', { object: 'transfers' }, "transfers: Stripe's description knows no such object"],
    ['no object at all', null, 'an answer that is no object'],
    ['a refusal without a type', { error: { message: 'no' } }, 'api_errors:/type required'],
  ])('finds %s', (_name, answer, fault) => {
    expect(findShapeFaults(JSON.parse(JSON.stringify(answer)))).toContain(fault);
  });
});
