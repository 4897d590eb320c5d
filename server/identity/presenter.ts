import { presentActingParty } from './impersonation/acting-party.ts';
import type { Actor } from '../kernel/http/actor.ts';
import type { Membership } from './administer-memberships.ts';
import { describeBrowser } from './factors/devices.ts';
import type { PasskeyRow } from './factors/repository.ts';
import type { SessionView } from './portal/session.ts';
import type { ApiClientRow, InvitationRow } from './repository.ts';
import type { User } from './user.ts';

export const presentMe = ({ kind, id, name, email, role, agencyId, actingParty }: Actor) => ({
  kind,
  id,
  name,
  email,
  role,
  agencyId,
  actingParty: presentActingParty(actingParty),
});

export const presentUser = (user: User) => ({
  id: user.id,
  email: user.email,
  givenName: user.givenName,
  familyName: user.familyName,
  role: user.role,
  agencyId: user.agencyId,
  permissionSetId: user.permissionSetId,
  state: user.state,
  emailVerified: user.emailVerifiedAt !== null,
  createdAt: user.createdAt,
});

export const presentMembership = (member: Membership) => ({
  id: member.id,
  userId: member.userId,
  email: member.email,
  givenName: member.givenName,
  familyName: member.familyName,
  role: member.role,
  agencyId: member.agencyId,
  createdAt: member.createdAt,
});

export const presentInvitation = (invitation: InvitationRow, now: Date) => ({
  id: invitation.id,
  email: invitation.email,
  role: invitation.role,
  agencyId: invitation.agencyId,
  permissionSetId: invitation.permissionSetId,
  state: invitation.acceptedAt ? 'accepted' : invitation.expiresAt <= now ? 'expired' : 'open',
  expiresAt: invitation.expiresAt,
  createdAt: invitation.createdAt,
});

export const presentApiClient = ({ id, clientId, name, role, agencyId, scopes, state, createdAt }: ApiClientRow) => ({
  id,
  clientId,
  name,
  role,
  agencyId,
  scopes,
  state,
  createdAt,
});

export const presentSession = (session: SessionView, currentId: string | undefined) => ({
  id: session.id,
  browser: describeBrowser(session.userAgent),
  ip: session.ip,
  methods: session.methods,
  startedAt: new Date(session.startedAt),
  lastSeenAt: new Date(session.lastSeenAt),
  authenticatedAt: new Date(session.authenticatedAt),
  current: session.id === currentId,
  openedBy: session.operator ? ('operator' as const) : ('person' as const),
});

export const presentPasskey = ({ id, name, rpId, backedUp, createdAt, lastUsedAt }: PasskeyRow) => ({
  id,
  name,
  host: rpId,
  backedUp,
  createdAt,
  lastUsedAt,
});
