export type IdpKind = 'entra' | 'google' | 'okta';

/** Somebody who works at the company of the sandbox. */
export interface IdpPerson {
  sub: string;
  email: string;
  givenName: string;
  familyName: string;
  groups: string[];
  /** Directory (Entra) or Workspace domain (Google), where it is not the company's own. */
  tid?: string;
  hd?: string | null;
  emailVerified?: boolean;
  /** More claims, or other values of those above. */
  claims?: Record<string, unknown>;
}

export const CONTOSO_TID = '6babcaad-604b-40ac-a9d7-9fd97c0b779f';

export const CONTOSO_PEOPLE: IdpPerson[] = [
  {
    sub: 'c-olivia',
    email: 'olivia@contoso.test',
    givenName: 'Olivia',
    familyName: 'Reyes',
    groups: ['travel-admins', 'staff'],
  },
  {
    sub: 'c-marco',
    email: 'marco@contoso.test',
    givenName: 'Marco',
    familyName: 'Conti',
    groups: ['travel-desk', 'staff'],
  },
  { sub: 'c-nils', email: 'nils@contoso.test', givenName: 'Nils', familyName: 'Berg', groups: ['staff'] },
];

/** The claims of a person in the shape of the product that is played. */
export function claimsOf(kind: IdpKind, person: IdpPerson): Record<string, unknown> & { sub: string } {
  const { sub, email, givenName, familyName, groups } = person;
  const common = { sub, email, name: `${givenName} ${familyName}`, given_name: givenName, family_name: familyName };
  const shape =
    kind === 'entra'
      ? { tid: person.tid ?? CONTOSO_TID, oid: `oid-${sub}`, preferred_username: email, groups, ver: '2.0' }
      : kind === 'google'
        ? {
            email_verified: person.emailVerified ?? true,
            ...(person.hd === null ? {} : { hd: person.hd ?? email.slice(email.indexOf('@') + 1) }),
          }
        : { email_verified: person.emailVerified ?? true, preferred_username: email, groups };
  return { ...common, ...shape, ...person.claims };
}
