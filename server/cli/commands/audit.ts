import { InvalidArgumentError, type Command } from 'commander';
import { getTenant, withContext } from '../context.ts';
import { EXIT, print } from '../output.ts';

interface Options {
  head?: { sequence: number; hash: string };
  json?: boolean;
}

function parseHead(text: string): { sequence: number; hash: string } {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (!sequence || !hash) throw new InvalidArgumentError('Give it as NUMBER:HASH, as verify prints it.');
  return { sequence: Number(sequence), hash };
}

/** `portolan audit verify`: whether the log of a tenant is the one that was written. */
export function auditCommands(program: Command): void {
  program
    .command('audit')
    .description('who did what')
    .command('verify <slug>')
    .description('recompute the chain of the audit log and compare it with its signed anchors')
    .option('--head <number:hash>', 'an end of the log that you kept elsewhere, to compare as well', parseHead)
    .option('--json', 'print JSON')
    .action((slug: string, options: Options) =>
      withContext(Boolean(options.json), async (context) => {
        const tenant = await getTenant(context, slug);
        const result = await context.onboarding.audit.verify(tenant, options.head);
        const { entries, brokenAt, reason, anchoredUpTo, head } = result;
        print(Boolean(options.json), { tenant: slug, sound: brokenAt === undefined, ...result }, () =>
          brokenAt === undefined
            ? [
                `✔ ${entries} entries: none was changed, moved, put in or taken out (anchored up to ${anchoredUpTo})`,
                `  head  ${head.sequence}:${head.hash}`,
              ]
            : [`✖ the audit log of ${slug} does not hold from entry ${brokenAt} on: ${reason}`],
        );
        if (brokenAt !== undefined) process.exitCode = EXIT.failed;
      }),
    );
}
