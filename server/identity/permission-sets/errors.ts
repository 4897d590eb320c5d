import { defineProblem } from '../../kernel/errors.ts';

export const NotYoursToGive = defineProblem({
  code: 'identity.not_yours_to_give',
  status: 403,
  title: 'Nobody gives rights that he does not have',
  detail: (x: { what: string }) =>
    `${x.what} would grant more than you may do yourself. Leave that out, or ask an administrator to do it.`,
});
export const SetNameTaken = defineProblem({
  code: 'identity.permission_set_name_taken',
  status: 409,
  title: 'A permission set has this name',
  detail: (x: { name: string }) => `There is a permission set called ${x.name}. Choose another name.`,
});
export const SetInUse = defineProblem({
  code: 'identity.permission_set_in_use',
  status: 409,
  title: 'People have this permission set',
  detail: (x: { people: number; invitations: number; groups: number }) =>
    `${x.people} people, ${x.invitations} open invitations and ${x.groups} groups of identity providers have this set. Give them another first.`,
});
export const SetNotForRole = defineProblem({
  code: 'identity.permission_set_not_for_role',
  status: 422,
  title: 'Only reseller_staff have permission sets',
  detail: (x: { role: string }) => `The rights of ${x.role} are fixed: leave permissionSetId out.`,
});
