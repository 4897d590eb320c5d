import { setTimeout as pause } from 'node:timers/promises';
import { InvalidArgumentError, type Command } from 'commander';
import {
  destroyKeys,
  dropReplacedKeys,
  KEEP_REPLACED_DAYS,
  rewrapAll,
  rotateDataKey,
} from '../../app/rotate-data-key.ts';
import { SITE_TTL_SECONDS, TenantStillServes } from '../../tenancy/index.ts';
import { getTenant, withContext, withRecord, type CliContext } from '../context.ts';
import { EXIT, print } from '../output.ts';
import { createProgress } from '../progress.ts';

interface Options {
  json?: boolean;
  settle?: number;
  retireNow?: boolean;
  confirm?: string;
}

const seconds = (value: string): number => {
  const given = Number(value);
  if (!Number.isInteger(given) || given < 0 || given > 600)
    throw new InvalidArgumentError('give whole seconds, 0 to 600');
  return given;
};

const depsOf = ({ infra, onboarding }: CliContext, json: boolean, unit: string) => {
  let progress = createProgress(1, true);
  let done = 0;
  return {
    infra,
    invalidateHost: onboarding.hosts.invalidate,
    onStart: (rows: number) => void (progress = createProgress(rows, json || !process.stderr.isTTY)),
    onRows(rows: number) {
      done += rows;
      for (let i = 0; i < rows; i += 1) progress.step(`${done} ${unit}`);
    },
    end: () => progress.end(),
  };
};

/** `portolan keys …-data`, `rotate-master`: the keys that personal data and secrets are sealed with. */
export function dataKeyCommands(program: Command): void {
  const command = program.commands.find((known) => known.name() === 'keys') ?? program.command('keys');
  command
    .command('rotate-data <slug>')
    .description(
      'a new data key: new values are sealed with it at once, stored ones anew in batches, while the tenant serves',
    )
    .option('--settle <seconds>', 'time for running processes to learn of the key before it is used', seconds)
    .option('--retire-now', 'drop the key before at once: people sign in again')
    .option('--json', 'print JSON')
    .action((slug: string, options: Options) =>
      withContext(Boolean(options.json), async (context) => {
        const json = Boolean(options.json);
        const { end, ...deps } = depsOf(context, json, 'rows');
        const settle = options.settle === undefined ? {} : { settleSeconds: options.settle };
        const tenant = await getTenant(context, slug);
        const act = {
          action: 'cli.keys.rotate_data',
          subject: { type: 'DataKey' },
          details: { retireNow: options.retireNow === true },
        } as const;
        const result = await withRecord(context, tenant, act, () => rotateDataKey({ ...deps, ...settle }, tenant));
        end();
        // Processes may hold rows they read before they were sealed anew.
        if (options.retireNow) await pause((options.settle ?? SITE_TTL_SECONDS) * 1000);
        const retired =
          options.retireNow === true &&
          (await dropReplacedKeys(deps, await getTenant(context, slug), context.infra.clock.now()));
        print(json, { slug, ...result, retired }, () => [
          `✔ ${slug} seals with data key ${result.version}; ${result.sealed} rows sealed anew`,
          ...result.broken.map((row) => `✖ ${row} opens with no key and was left as it is`),
          retired
            ? '✔ older keys are gone'
            : `✔ older keys stay readable for ${KEEP_REPLACED_DAYS} days, for sessions and cookies`,
        ]);
        if (result.broken.length > 0) process.exitCode = EXIT.failed;
      }),
    );
  command
    .command('rotate-master')
    .description(
      "wrap every tenant's keys with MASTER_KEY and sign the anchors of the audit logs anew; the key before must be in MASTER_KEY_PREVIOUS",
    )
    .option('--json', 'print JSON')
    .action((options: Options) =>
      withContext(Boolean(options.json), async (context) => {
        const { end, ...deps } = depsOf(context, Boolean(options.json), 'tenants');
        const tenants = await rewrapAll(deps);
        end();
        const anchors = await context.onboarding.audit.resignAnchors();
        print(Boolean(options.json), { tenants, anchors }, () => [
          `✔ the keys of ${tenants} tenants are wrapped with MASTER_KEY`,
          `✔ ${anchors.resigned} anchors of audit logs are signed anew; MASTER_KEY_PREVIOUS is needed for older backups only`,
          ...(anchors.foreign > 0
            ? [`✖ ${anchors.foreign} anchors bear no signature of ours and were left: see portolan audit verify`]
            : []),
        ]);
        if (anchors.foreign > 0) process.exitCode = EXIT.failed;
      }),
    );
  command
    .command('destroy <slug>')
    .description(
      "destroy a suspended tenant's keys: its personal data can never be read again, in old backups of its schema neither",
    )
    .requiredOption('--confirm <slug>', 'the slug again')
    .option('--json', 'print JSON')
    .action((slug: string, options: Options) =>
      withContext(Boolean(options.json), async (context) => {
        const tenant = await getTenant(context, slug);
        if (options.confirm !== slug || tenant.state !== 'suspended') throw TenantStillServes({ slug });
        await withRecord(context, tenant, { action: 'cli.keys.destroy', subject: { type: 'DataKey' } }, () =>
          destroyKeys(depsOf(context, true, ''), tenant),
        );
        print(Boolean(options.json), { slug, destroyed: true }, () => [
          `✔ the keys of ${slug} are destroyed: what was sealed with them is noise`,
        ]);
      }),
    );
}
