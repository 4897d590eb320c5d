import { defineProblem } from '../../kernel/errors.ts';

export const ActingNeedsSession = defineProblem({
  code: 'identity.acting_needs_session',
  status: 409,
  title: 'Acting as a customer needs a browser session',
  detail: () => "Sign in at the site's own pages: tokens and programs act as nobody but themselves.",
});
export const ActingNotHere = defineProblem({
  code: 'identity.acting_not_here',
  status: 409,
  title: 'The customer does not use this site',
  detail: (x: { brand: string; origin: string }) =>
    `${x.brand} is not a site of this customer's agency. Sign in at ${x.origin} and act as the customer there.`,
  extensions: (x) => ({ origin: x.origin }),
});
export const NobodyToActAs = defineProblem({
  code: 'identity.nobody_to_act_as',
  status: 409,
  title: 'Nobody can act as this customer',
  detail: () => 'The account was suspended or erased, or its agency is suspended.',
});
