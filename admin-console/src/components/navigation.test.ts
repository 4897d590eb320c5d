import { describe, expect, it } from 'vitest';
import { navigationFor } from './navigation.ts';

const keysFor = (agencyId: string | null, can: (action: string, subject: string) => boolean = () => true) =>
  navigationFor(can, agencyId).flatMap(({ items }) => items.map(({ key }) => key));
const OWN = ['reconciliation', 'people', 'permission-sets', 'sign-in', 'applications'];

describe('the sidebar', () => {
  it('has people, permission sets, single sign-on and applications for the reseller alone', () => {
    expect(keysFor(null)).toEqual(expect.arrayContaining(OWN));
    expect(keysFor('a1').filter((key) => OWN.includes(key))).toEqual([]);
    expect(keysFor('a1')).toContain('api-clients');
  });

  it('leaves out what the permissions of a colleague do not reach', () => {
    expect(keysFor(null, (_, subject) => subject === 'User')).toEqual(['dashboard', 'people', 'account']);
  });
});
