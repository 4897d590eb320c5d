import { defineProblem } from '../../kernel/errors.ts';

export const ProviderInvalid = defineProblem({
  code: 'identity.provider_invalid',
  status: 422,
  title: 'The identity provider cannot be used like this',
  detail: (x: { errors: Array<{ pointer: string; code: string; detail: string }> }) =>
    x.errors.map((error) => error.detail).join(' '),
  extensions: (x) => ({ errors: x.errors }),
});
export const DomainTaken = defineProblem({
  code: 'identity.domain_taken',
  status: 409,
  title: 'The domain belongs to another identity provider',
  detail: (x: { domain: string }) => `${x.domain} is connected to another identity provider. Remove it there first.`,
});
export const DomainNotProven = defineProblem({
  code: 'identity.domain_not_proven',
  status: 422,
  title: 'The domain is not proven yet',
  detail: (x: { domain: string; record: string; value: string }) =>
    `No TXT record ${x.record} with the value ${x.value} was found. Add it where the DNS of ${x.domain} is managed; it can take an hour to be seen.`,
});
