import { describe, expect, it } from 'vitest';
import { createConsoleRouter } from '../router/index.ts';
import { abilityOf } from '../access/ability.ts';
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

  it('leads to no page that is then not found: each asks what its page asks', () => {
    const router = createConsoleRouter({ ability: abilityOf([]), agencyId: null });
    const items = navigationFor(() => true, null).flatMap(({ items }) => items);
    const asked = items.map(({ key, can, reseller }) => [key, can, reseller]);
    expect(asked).toEqual(
      items.map(({ key, to }) => [key, router.resolve(to).meta.can, router.resolve(to).meta.reseller]),
    );
  });
});
