import { Command, CommanderError } from 'commander';
import { auditCommands } from './commands/audit.ts';
import { billingCommands } from './commands/billing.ts';
import { dataKeyCommands } from './commands/data-keys.ts';
import { fleetCommands } from './commands/fleet.ts';
import { jobCommands } from './commands/jobs.ts';
import { keyCommands } from './commands/keys.ts';
import { reconcileCommands } from './commands/reconcile.ts';
import { signInCommands } from './commands/sign-in.ts';
import { tenantCommands } from './commands/tenant.ts';
import { themeCommands } from './commands/theme.ts';
import { userCommands } from './commands/user.ts';
import { EXIT } from './output.ts';

/** Runs one command of the operators' command line; the exit code is left in `process.exitCode`. */
export async function runCli(args: readonly string[]): Promise<void> {
  const program = new Command('portolan')
    .description('Operate the travel platform: tenants, hosts, schema versions, jobs.')
    .version('0.1.0');
  // Commands made later inherit it: a wrong option is one line and exit code 2.
  program
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`✖ ${text.replace(/^error: /, '').trim()}\n`) });
  for (const add of [
    tenantCommands,
    userCommands,
    fleetCommands,
    auditCommands,
    billingCommands,
    keyCommands,
    dataKeyCommands,
    jobCommands,
    reconcileCommands,
    signInCommands,
    themeCommands,
  ])
    add(program);
  inheritSettings(program);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
}

function inheritSettings(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    inheritSettings(child);
  }
}
