import { Conflict, defineProblem } from '../kernel/errors.ts';

export const TokenRefused = defineProblem({
  code: 'identity.token_refused',
  status: 401,
  title: 'The bearer token is not accepted here',
  detail: (x: { why: string; issuer: string }) =>
    `${x.why} Get a token from ${x.issuer}/token and send it as "Authorization: Bearer …".`,
  headers: () => ({ 'www-authenticate': 'Bearer error="invalid_token"' }),
});
export const EmailTaken = defineProblem({
  code: 'identity.email_taken',
  status: 409,
  title: 'The address already has an account',
  detail: (x: { email: string }) =>
    `${x.email} already works in this network. Change that person's account instead of inviting it again.`,
});
export const InvitationPending = defineProblem({
  code: 'identity.invitation_pending',
  status: 409,
  title: 'The address has an open invitation of another agency',
  detail: (x: { email: string }) =>
    `${x.email} was invited by another agency. That invitation must be accepted or expire first.`,
});
export const RoleNotInvitable = defineProblem({
  code: 'identity.role_not_invitable',
  status: 403,
  title: 'This role may not be given by you',
  detail: (x: { role: string }) =>
    `You may not invite anybody as ${x.role}. An agency's administrator invites agency_admin and agent into the own agency or those below it.`,
});
export const RoleNeedsAgency = defineProblem({
  code: 'identity.role_needs_agency',
  status: 422,
  title: 'Role and agency do not fit',
  detail: (x: { role: string }) =>
    x.role.startsWith('reseller')
      ? `A ${x.role} belongs to the reseller itself: leave agencyId out.`
      : `A ${x.role} belongs to an agency: send agencyId.`,
});
export const OwnAccount = () =>
  Conflict({ detail: 'You cannot suspend the account you are signed in with. Ask another administrator.' });

export const PasskeyRefused = defineProblem({
  code: 'identity.passkey_refused',
  status: 422,
  title: 'The passkey could not be checked',
  detail: () =>
    'The answer of the browser does not fit the options it was asked with. Ask for new options and try again.',
});
