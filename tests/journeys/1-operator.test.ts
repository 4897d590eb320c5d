import { describe, expect, it } from 'vitest';
import { coral } from './support/cast.ts';
import { runPortolan } from './support/command-line.ts';
import { awaitMail, findLink, findMails } from './support/inbox.ts';
import { callSite, urlOf } from './support/stack.ts';

const create = (over: Record<string, string> = {}) => {
  const options = {
    slug: coral.slug,
    name: coral.name,
    host: coral.host,
    'admin-email': coral.owner,
    theme: 'meridiano',
    ...over,
  };
  return runPortolan('tenant', 'create', ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]));
};

describe('an operator on the command line', () => {
  it('makes a reseller that serves at once and whose admin is invited by mail', async () => {
    const made = await create();
    expect(made.err.filter((line) => !/^ +\d\/\d \w+$/.test(line))).toEqual([]);
    expect(made.code).toBe(0);
    expect(made.out.join('\n')).toContain(urlOf(coral.host).replace(/\/$/, ''));
    expect(made.seconds).toBeLessThan(30);
    expect((await callSite(coral.host, '/')).text).toContain(coral.name);
    const mail = await awaitMail(coral.owner, coral.name);
    expect(new URL(findLink(mail, '/account/invitation')).hostname).toBe(coral.host);
  });

  it('is told in one line what is wrong, and nothing is left behind', async () => {
    const [takenSlug, badSlug, takenHost] = await Promise.all([
      create({ host: 'second.localhost' }),
      create({ slug: 'Bad Slug', host: 'other.localhost', 'admin-email': 'nobody@other.test' }),
      create({ slug: 'reef', 'admin-email': 'nobody@reef.test' }),
    ]);
    expect(takenSlug.code).toBe(1);
    expect(takenSlug.err).toEqual([expect.stringContaining(coral.slug)]);
    expect(badSlug.code).toBe(2);
    expect(badSlug.err).toEqual([expect.stringContaining('Bad Slug')]);
    expect(takenHost.code).toBe(1);
    expect(takenHost.err).toEqual([expect.stringContaining(coral.host)]);
    const tenants = await runPortolan('tenant', 'list', '--json');
    expect((JSON.parse(tenants.out[0]!) as Array<{ slug: string }>).map(({ slug }) => slug)).not.toContain('reef');
    expect(await findMails('nobody@reef.test', '')).toEqual([]);
    expect(await findMails(coral.owner, coral.name)).toHaveLength(1);
    for (const host of ['second.localhost', 'other.localhost']) expect((await callSite(host, '/')).status).toBe(421);
  });
});
