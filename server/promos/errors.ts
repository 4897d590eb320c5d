import { defineProblem } from '../kernel/errors.ts';
import type { Refusal } from './promo-code.ts';

const SENTENCES: Readonly<Record<Refusal, string>> = {
  unknown: 'There is no such code here. Check how it is written.',
  not_yet: 'This code cannot be used yet.',
  over: 'This code is no longer valid.',
  other_trips: 'This code is for other trips or other dates.',
  below_minimum: 'The total is below the least this code asks for.',
  used_up: 'This code has been used as often as it can be.',
  used_by_you: 'You have used this code as often as you can.',
  not_together: 'These codes cannot be used together.',
  not_on_this_price: 'This price is reduced already: the code takes nothing more off it.',
};

/** Says plainly why, so that nobody has to guess; nothing was booked. */
export const PromoCodeRefused = defineProblem({
  code: 'promo.refused',
  status: 422,
  title: 'The code cannot be used',
  detail: (x: { reason: Refusal; promoCode: string }) => SENTENCES[x.reason],
  extensions: (x) => ({
    reason: x.reason,
    promoCode: x.promoCode,
    errors: [{ pointer: '/promoCodes', code: x.reason, detail: SENTENCES[x.reason] }],
  }),
});

export const PromoCodeUsedMore = defineProblem({
  code: 'promo.used_more_often',
  status: 422,
  title: 'The code has been used more often than that',
  detail: (x: { uses: number }) =>
    `Bookings hold ${x.uses} uses of it. Set at least as many, or pause the code so that nobody uses it any more.`,
  extensions: (x) => ({
    uses: x.uses,
    errors: [{ pointer: '/maxUses', code: 'too_small', detail: `must be at least ${x.uses}` }],
  }),
});

export const PromoCodeTaken = defineProblem({
  code: 'promo.code_taken',
  status: 409,
  title: 'You have this code already',
  detail: (x: { promoCode: string }) =>
    `${x.promoCode} is one of your codes, in upper or lower case. Choose another, or change that one.`,
});
