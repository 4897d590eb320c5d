/** A person's name, or the address of somebody who gave none. */
export const nameOf = (person: { givenName: string; familyName: string; email: string }): string =>
  `${person.givenName} ${person.familyName}`.trim() || person.email;
