import type { Command } from 'commander';
import type { RotationReason, RotationResult } from '../../identity/index.ts';
import { getTenant, recordCommand, withContext } from '../context.ts';
import { print, table } from '../output.ts';

interface RotateOptions {
  now?: boolean;
  compromised?: boolean;
  json?: boolean;
}

const MEANING = {
  next: 'published, signs later',
  current: 'signs',
  previous: 'still accepted',
  retired: 'no longer accepted',
};
const ACTS = {
  published: 'published, to sign after the one that signs now',
  now_signs: 'signs from now on',
  still_accepted: 'signs no more; what it signed is accepted for another 31 days',
  retired: 'withdrawn: what it signed is refused',
};

/** `portolan keys …`: the keys a reseller's issuers sign with. */
export function keyCommands(program: Command): void {
  const command = program.command('keys').description("keys that a tenant's tokens are signed with");
  command
    .command('list <slug>')
    .description('the keys of a tenant and what each is for')
    .option('--json', 'print JSON')
    .action((slug: string, options: { json?: boolean }) =>
      withContext(Boolean(options.json), async (context) => {
        const tenant = await getTenant(context, slug);
        const keys = await context.onboarding.identity.signingKeys.list(context.infra.database.tenant(tenant));
        print(Boolean(options.json), keys, () =>
          table(
            ['KEY', 'STATE', 'SINCE', ''],
            keys.map((key) => [key.kid, key.state, key.changedAt.toISOString(), MEANING[key.state]]),
          ),
        );
      }),
    );
  command
    .command('rotate <slug>')
    .description('let the next key sign, keep the one before until its tokens have ended, and publish another')
    .option('--now', 'do not wait until everybody can have fetched the next key')
    .option('--compromised', 'the signing key is known to others: replace it at once and refuse what it signed')
    .option('--json', 'print JSON')
    .action((slug: string, options: RotateOptions) =>
      withContext(Boolean(options.json), async (context) => {
        const tenant = await getTenant(context, slug);
        const reason: RotationReason = options.compromised ? 'compromised' : options.now ? 'now' : 'asked';
        const result = await context.infra.database.withTenant(tenant, async (sql) => {
          const done = await context.onboarding.identity.signingKeys.rotate(sql, tenant, reason);
          const details = { why: reason, rotated: hasRotated(done) };
          await recordCommand(
            context,
            tenant,
            { action: 'cli.keys.rotate', subject: { type: 'SigningKey' }, details },
            sql,
          );
          return done;
        });
        print(Boolean(options.json), { tenant: slug, rotated: hasRotated(result), ...result }, () => say(result));
      }),
    );
}

const hasRotated = (result: RotationResult): boolean => result.acts.some(({ act }) => act === 'now_signs');

function say(result: RotationResult): string[] {
  const lines = result.acts.map(({ act, kid }) => `✔ ${kid} ${ACTS[act]}`);
  if (!hasRotated(result) && result.next)
    lines.push(
      `  ${result.signing ?? 'no key'} goes on signing: the next key may sign from ${result.next.maySignFrom.toISOString()}, when everybody can have fetched it. Run this again then, or now with --now.`,
    );
  return lines;
}
