import type { Command } from 'commander';
import { print, report } from '../output.ts';
import { forgetTokens, readTokens, tokenFile } from '../sign-in/token-file.ts';

/** What talks to the issuer is loaded by the commands that do. */
const loadSignIn = () => import('../sign-in/device-sign-in.ts');

interface Me {
  name: string;
  email: string | null;
  role: string;
}

async function run(json: boolean, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { cause } = error as { cause?: { error_description?: string; error?: string } };
    const told = cause?.error_description ?? cause?.error;
    process.exitCode = report(told ? new Error(told) : error, json);
  }
}

/** `portolan login`, `whoami`, `logout`: a person at a host's API, by the device flow. They need no database. */
export function signInCommands(program: Command): void {
  program
    .command('login')
    .description('sign in to a host in your browser; keeps the tokens in your own configuration folder')
    .requiredOption('--host <host>', 'host of a reseller or agency, e.g. aurora.localhost')
    .option('--json', 'print JSON')
    .action((options: { host: string; json?: boolean }) =>
      run(Boolean(options.json), async () => {
        const json = Boolean(options.json);
        const { originOf, signInByDevice, callApi } = await loadSignIn();
        const tokens = await signInByDevice(originOf(options.host, process.env.PORT ?? '8080'), (where) => {
          if (json) return console.error(JSON.stringify(where));
          console.log(`Open ${where.complete}`);
          console.log(
            `and check that it shows the code ${where.code}. It is good for ${Math.round(where.expiresIn / 60)} minutes.`,
          );
        });
        const me = (await (await callApi(tokens, '/me')).json()) as Me;
        print(json, { host: tokens.origin, ...me }, () => [
          `✔ signed in to ${tokens.origin} as ${me.name} (${me.role})`,
          `  tokens are in ${tokenFile()}`,
        ]);
      }),
    );
  program
    .command('whoami')
    .description('who you are signed in as, and where')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) =>
      run(Boolean(options.json), async () => {
        const { currentTokens, callApi, notSignedIn } = await loadSignIn();
        const tokens = await currentTokens();
        const answer = await callApi(tokens, '/me');
        if (answer.status === 401) throw notSignedIn();
        if (!answer.ok) throw new Error(`${tokens.origin} answered ${answer.status}`);
        const me = (await answer.json()) as Me;
        print(Boolean(options.json), { host: tokens.origin, ...me }, () => [
          `${me.name}${me.email ? ` <${me.email}>` : ''}, ${me.role} at ${tokens.origin}`,
        ]);
      }),
    );
  program
    .command('logout')
    .description('give the tokens back and forget them')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) =>
      run(Boolean(options.json), async () => {
        const saved = await readTokens();
        // Forgotten first: also when the host is away, this machine is signed out.
        await forgetTokens();
        if (saved) await (await loadSignIn()).revokeTokens(saved);
        print(Boolean(options.json), { signedOut: saved?.origin ?? null }, () => [
          saved ? `✔ signed out of ${saved.origin}` : 'You were not signed in.',
        ]);
      }),
    );
}
