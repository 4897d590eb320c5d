import type { Command } from 'commander';
import { q } from '../../kernel/database/builder.ts';
import { withContext } from '../context.ts';
import { print, table } from '../output.ts';

interface JobRow {
  id: string;
  kind: string;
  tenant: string;
  state: string;
  attempts: number;
  available_at: Date;
  last_error: string | null;
}

const jobs = (state: string) =>
  q('platform.outbox as o')
    .join('platform.tenants as t', 't.id', 'o.tenant_id')
    .where('o.state', state)
    .orderBy('o.available_at')
    .limit(200)
    .select('o.id', 'o.kind', 't.slug as tenant', 'o.state', 'o.attempts', 'o.available_at', 'o.last_error');

/** `portolan jobs …`: events waiting for delivery, those set aside, and another try. */
export function jobCommands(program: Command): void {
  const command = program.command('jobs').description('work waiting or set aside');
  for (const [name, state, none] of [
    ['list', 'pending', 'Nothing is waiting.'],
    ['dead', 'dead', 'Nothing was set aside.'],
  ] as const) {
    command
      .command(name)
      .description(
        name === 'list'
          ? 'events waiting for delivery (first 200)'
          : 'events set aside after too many attempts (first 200)',
      )
      .option('--json', 'print JSON')
      .action((options: { json?: boolean }) =>
        withContext(Boolean(options.json), async ({ infra }) => {
          const rows = await infra.database.platform.all<JobRow>(jobs(state));
          print(Boolean(options.json), rows, () =>
            rows.length === 0
              ? [none]
              : table(
                  ['ID', 'KIND', 'TENANT', 'ATTEMPTS', 'DUE', 'LAST ERROR'],
                  rows.map((row) => [
                    row.id,
                    row.kind,
                    row.tenant,
                    String(row.attempts),
                    row.available_at.toISOString(),
                    row.last_error ?? '',
                  ]),
                ),
          );
        }),
      );
  }
  command
    .command('retry <id>')
    .description('deliver an event again now ("all": every one set aside)')
    .option('--json', 'print JSON')
    .action((id: string, options: { json?: boolean }) =>
      withContext(Boolean(options.json), async ({ infra }) => {
        const which = q('platform.outbox').whereIn('state', ['dead', 'pending']);
        if (id === 'all') which.where({ state: 'dead' });
        else which.whereRaw('id::text = ?', [id]);
        const retried = await infra.database.platform.run(
          which.update({ state: 'pending', attempts: 0, available_at: q.fn.now(), dispatched_at: null }),
        );
        print(Boolean(options.json), { retried }, () => [
          retried === 0 ? '✖ no such event' : `✔ ${retried} to be delivered again`,
        ]);
        if (retried === 0) process.exitCode = 1;
      }),
    );
}
