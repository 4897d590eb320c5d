import { defineProblem } from '../kernel/errors.ts';

export { HostInvalid, HostTaken, ThemeUnknown } from '../tenancy/index.ts';

export const AgencyHasBrand = defineProblem({
  code: 'branding.agency_has_brand',
  status: 409,
  title: 'The agency has a brand already',
  detail: (x: { hostname: string }) =>
    `The agency sells at ${x.hostname} already. Change that brand instead of adding another.`,
});
export const AgencyNotApproved = defineProblem({
  code: 'branding.agency_not_approved',
  status: 409,
  title: 'The agency is not approved',
  detail: (x: { name: string; state: string }) => `${x.name} is ${x.state}. Approve it first, then give it a brand.`,
});
