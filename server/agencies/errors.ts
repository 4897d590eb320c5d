import { defineProblem } from '../kernel/errors.ts';
import { MAX_DEPTH } from './agency.ts';

export const TooDeep = defineProblem({
  code: 'agencies.too_deep',
  status: 409,
  title: 'The network is too deep here',
  detail: () => `Agencies may stand ${MAX_DEPTH} levels below the reseller. Add this one under an agency higher up.`,
});
export const ParentNotApproved = defineProblem({
  code: 'agencies.parent_not_approved',
  status: 409,
  title: 'The parent agency is not approved',
  detail: (x: { name: string; state: string }) =>
    `${x.name} is ${x.state}. Approve it first, or choose another parent.`,
});
export const OnlyAboveMay = defineProblem({
  code: 'agencies.only_above',
  status: 403,
  title: 'Only a level above may do this',
  detail: (x: { what: string }) => `${x.what} by the agency above it or by the reseller. Ask your provider.`,
});
export const NoBrandToSignIn = defineProblem({
  code: 'agencies.no_brand',
  status: 409,
  title: 'There is no site to sign in at',
  detail: () => 'Neither the agency nor the reseller has a brand with an active host. Add one first, then invite.',
});
