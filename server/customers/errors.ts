import { defineProblem } from '../kernel/errors.ts';

export const EmailSearchPartial = defineProblem({
  code: 'customers.email_search_partial',
  status: 422,
  title: 'Addresses are found whole only',
  detail: (x: { search: string }) =>
    `Addresses are stored encrypted, so a part of one finds nobody: search for the whole address, not "${x.search}", or for a name.`,
});
export const CustomerExists = defineProblem({
  code: 'customers.exists',
  status: 409,
  title: 'The address already has an account',
  detail: (x: { email: string }) => `${x.email} is known already. Search for the whole address to find the customer.`,
});
export const CustomerErased = defineProblem({
  code: 'customers.erased',
  status: 409,
  title: "The customer's data were erased",
  detail: () => 'Nothing of this customer is left to change. Make a new customer if the person comes back.',
});
export const TripsAhead = defineProblem({
  code: 'customers.trips_ahead',
  status: 409,
  title: 'A trip is not over yet',
  detail: (x: { references: readonly string[] }) =>
    `The data are needed until these trips are over or cancelled: ${x.references.join(', ')}. Ask again then (GDPR art. 17(3)(b), 6(1)(b)).`,
});
export const NotConfirmed = defineProblem({
  code: 'customers.erasure_not_confirmed',
  status: 422,
  title: 'The erasure was not confirmed',
  detail: () => "Send the customer's whole address as `confirm`: an erasure cannot be undone.",
});
