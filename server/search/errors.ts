import { ValidationFailed, defineProblem } from '../kernel/errors.ts';

/** How to search again: the body to send, and the storefront's page for people. */
export interface SearchAgain {
  path: string;
  body: unknown;
  link: string;
}

export const OfferExpired = defineProblem({
  code: 'offer.expired',
  status: 409,
  title: 'The offer has expired',
  detail: () =>
    'The price of this offer is no longer valid and nothing was booked. Search again for the prices of now.',
  extensions: (x: { searchAgain: SearchAgain }) => ({ searchAgain: x.searchAgain }),
});

export const OfferUnavailable = defineProblem({
  code: 'offer.unavailable',
  status: 409,
  title: 'The offer cannot be sold',
  detail: (x: { why: string }) => `${x.why} Choose another offer.`,
});

export const SupplierUnavailable = defineProblem({
  code: 'offer.supplier_unavailable',
  status: 503,
  title: 'The supplier does not answer',
  detail: (x: { reason: string }) => `${x.reason} Nothing was booked; try again in a few seconds.`,
  headers: () => ({ 'retry-after': '5' }),
});

export const badCursor = () =>
  ValidationFailed({
    errors: [
      {
        pointer: '?cursor',
        code: 'invalid_cursor',
        detail: 'cursor: this is no cursor of this list; send the `next` of a page, with the same filter and order',
      },
    ],
  });
