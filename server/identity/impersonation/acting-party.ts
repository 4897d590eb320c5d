import type { ActingParty } from '../../kernel/http/actor.ts';
import { endsAt, type SessionStart } from '../portal/session.ts';

/** The operator who sits before a session, where it is not its person. */
export const actingPartyOf = (
  session: Pick<SessionStart, 'operator' | 'authenticatedAt' | 'limits'>,
): ActingParty | undefined =>
  session.operator && {
    kind: 'operator',
    id: null,
    name: session.operator.name,
    reason: session.operator.reason,
    until: new Date(endsAt(session)),
  };

/** The same, as the portals are told it. */
export const presentActingParty = (party: ActingParty | undefined) =>
  party ? { kind: party.kind, name: party.name, reason: party.reason, until: party.until } : null;
