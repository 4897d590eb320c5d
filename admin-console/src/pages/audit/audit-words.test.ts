import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import en from '../../i18n/en.ts';

const identity = path.resolve(import.meta.dirname, '../../../../server/identity');

/** What identity tells the log: events it names, and notices that are events too. */
function eventsOfIdentity(): string[] {
  const sources = readdirSync(identity, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.endsWith('testing.ts'),
  );
  const named = sources.flatMap((name) =>
    [...readFileSync(path.join(identity, name), 'utf8').matchAll(/\{\s*action: '(identity\.[a-z_]+)'/g)].map(
      ([, action]) => String(action),
    ),
  );
  const notices = readFileSync(path.join(identity, 'security-notice.ts'), 'utf8').matchAll(/^ {2}\| '([a-z_]+)'/gm);
  return [...new Set([...named, ...[...notices].map(([, notice]) => `identity.${notice}`)])];
}

describe('the words of the audit log', () => {
  it('name everything that identity tells', () => {
    const events = eventsOfIdentity();
    expect(events.length).toBeGreaterThan(15);
    const words = Object.keys(en.audit.actions);
    expect(events.filter((action) => !words.includes(action.replace('.', '_')))).toEqual([]);
  });
});
