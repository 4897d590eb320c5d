import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { abilityFor, API_SCOPES, PERMISSIONS, scopeOf, type AppRule } from '../access/index.ts';
import { API_VERSION } from '../app/http.ts';
import { createInfrastructure } from '../app/infrastructure.ts';
import { createModules } from '../app/modules.ts';
import { paths } from '../app/paths.ts';
import { configSchema, loadConfig } from '../kernel/config.ts';
import { problemRegistry } from '../kernel/errors.ts';
import { anonymous, type Actor, type Role } from '../kernel/http/actor.ts';
import { API_BASE } from '../kernel/http/api.ts';
import { buildOpenApi } from '../kernel/http/openapi.ts';
import type { Route } from '../kernel/http/route.ts';
import type { Consumer } from '../kernel/outbox/consumers.ts';

export const REFERENCE_FOLDER = path.join(paths.root, 'docs/reference');

/** Nothing listens at port 1: what is printed must not depend on a database, a Redis or a key of somebody's. */
const NOWHERE = {
  NODE_ENV: 'development',
  DATABASE_URL: 'postgres://nobody@127.0.0.1:1/portolan',
  REDIS_URL: 'redis://127.0.0.1:1',
  MASTER_KEY: Buffer.alloc(32).toString('base64'),
  STRIPE_SECRET_KEY: 'none',
  STRIPE_WEBHOOK_SECRET: 'none',
  DUFFEL_TOKEN: 'none',
  SMTP_URL: 'smtp://127.0.0.1:1',
  LOG_LEVEL: 'silent',
};

/** The reference documents by file name, made from the code that runs: routes, settings, problems and events. */
export async function printReferences(): Promise<Record<string, string>> {
  const { routes, consumers } = await assembleServer();
  const sources = readSources();
  return {
    'openapi.json': `${JSON.stringify(buildOpenApi(routes, { version: API_VERSION, basePath: API_BASE, scopeOf }), null, 2)}\n`,
    'configuration.md': printConfiguration(),
    'problems.md': printProblems(sources),
    'events.md': printEvents(sources, consumers),
    'permissions.md': printPermissions(routes),
  };
}

/** Routes and consumers of every module, wired as in production; no connection has to succeed. */
async function assembleServer() {
  const infra = createInfrastructure(loadConfig(NOWHERE), 'references');
  try {
    const { routes, consumers } = createModules(infra);
    return { routes, consumers };
  } finally {
    await infra.close();
  }
}

interface Source {
  module: string;
  text: string;
}

/** Sources of the server's modules, without tests and without the sandbox, which is the outside world. */
function readSources(): Source[] {
  const root = path.join(paths.root, 'server');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|(^|\/)testing(\.ts$|\/)|^(sandbox|cli)\//.test(file))
    .toSorted()
    .map((file) => ({ module: file.split('/')[0] ?? file, text: readFileSync(path.join(root, file), 'utf8') }));
}

function printConfiguration(): string {
  const rows = Object.entries(configSchema.shape).map(([name, schema]) => {
    const unset = schema.safeParse(undefined);
    const fallback = unset.success ? describeDefault(unset.data) : 'required';
    return [`\`${name}\``, describeType(schema), fallback, schema.description ?? ''];
  });
  return page('Configuration', [
    'The environment of every role but `sandbox`, which has settings of its own (`server/roles/sandbox.ts`). It is read and checked once, at start. A missing or bad value is one line on standard error and exit code 78. An empty value counts as unset.',
    table(['variable', 'value', 'when unset', 'meaning'], rows),
  ]);
}

function describeDefault(value: unknown): string {
  if (value === undefined) return 'none';
  if (value === '' || (Array.isArray(value) && value.length === 0)) return 'empty';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function describeType(schema: z.ZodType): string {
  const shape = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  if (shape.enum) return shape.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (shape.type === 'integer') return `whole number, ${shape.minimum} to ${shape.maximum}`;
  return 'text';
}

function printProblems(sources: readonly Source[]): string {
  const moduleOf = (code: string) => sources.find(({ text }) => text.includes(`code: '${code}'`))?.module ?? '–';
  const rows = [...problemRegistry.values()]
    .toSorted((a, b) => a.code.localeCompare(b.code))
    .map(({ code, status, title }) => [`\`${code}\``, String(status), title, moduleOf(code)]);
  return page('Problems', [
    'Every refusal of the API is an `application/problem+json` document (RFC 9457) with `type`, `title`, `status`, `detail`, `instance` and `code`; a failed validation adds `errors`, one `{pointer, code, detail}` for each field. `type` is `/problems/<code>`, relative to the host that answered. `code` is stable; `detail` is a sentence for people and may change.',
    table(['code', 'status', 'title', 'module'], rows),
  ]);
}

const EVENT_KIND = /['`]([a-z_]+\.(?:[a-z_]+|\$\{\w+\})@\d+)['`]/g;
/** Where a kind is read, not emitted: a consumer's list or a named one, a case, a comparison, a key of what is looked up by it. */
const READS_KIND =
  /\bkinds:\s*\[[^\]]*\]|_EVENTS\b[^=;]*=\s*\[[^\]]*\]|\bcase\s+'[^']*'|[!=]==\s*'[^']*'|'[^'\n]+@\d+':/g;

function printEvents(sources: readonly Source[], consumers: readonly Consumer[]): string {
  const emitters = new Map<string, Set<string>>();
  for (const { module, text } of sources) {
    if (module === 'kernel') continue;
    for (const [, kind = ''] of text.replaceAll(READS_KIND, '').matchAll(EVENT_KIND)) {
      const name = kind.replace(/\$\{(\w+)\}/, '<$1>');
      emitters.set(name, (emitters.get(name) ?? new Set()).add(module));
    }
  }
  /** By its name, or by the one whose last word is chosen at run time: `agency_application.<step>@1`. */
  const emittersOf = (kind: string) => {
    const chosen = [...emitters.keys()].find(
      (name) => name.includes('<') && kind.startsWith(name.slice(0, name.indexOf('<'))),
    );
    return emitters.get(kind) ?? emitters.get(chosen ?? '') ?? ['–'];
  };
  const kinds = new Set([...emitters.keys(), ...consumers.flatMap((consumer) => consumer.kinds)]);
  const rows = [...kinds].toSorted().map((kind) => {
    const wanting = consumers.filter((consumer) => consumer.kinds.includes(kind)).map(({ name }) => `\`${name}\``);
    return [`\`${kind}\``, [...emittersOf(kind)].join(', '), wanting.join(', ') || '–'];
  });
  return page('Events', [
    'Domain events, `name@version`, written to `platform.outbox` in the transaction of the change they tell of. Payloads carry ids, not copies of rows. A consumer runs at least once; an inbox row for each event and consumer keeps it from running again once it is done. Events that are done are kept for 14 days.',
    table(['event', 'emitted by', 'consumers'], rows),
  ]);
}

const SAMPLE: Pick<Actor, 'id' | 'agencyId' | 'agencyPath'> = {
  id: '(self)',
  agencyId: '(own agency)',
  agencyPath: '(own path)',
};
const ROLES_SHOWN = ['customer', 'agent', 'agency_admin', 'reseller_admin', 'operator'] as const;

function printPermissions(routes: readonly Route[]): string {
  const list = (value: unknown) => [value ?? []].flat().map(String).join(', ');
  const rows = (who: string, actor: Actor) =>
    abilityFor(actor).rules.map((rule: AppRule) => [
      who,
      list(rule.action),
      list(rule.subject) + (rule.fields ? `: ${list(rule.fields)}` : ''),
      rule.conditions ? `\`${JSON.stringify(rule.conditions)}\`` : 'all',
    ]);
  const reseller = (role: Role) => role.startsWith('reseller_') || role === 'operator';
  const roles = ROLES_SHOWN.flatMap((role) =>
    rows(role, { ...anonymous, ...SAMPLE, ...(reseller(role) ? { agencyId: null, agencyPath: '/' } : {}), role }),
  );
  const sets = Object.entries(PERMISSIONS).flatMap(([name, { says }]) =>
    rows(`\`${name}\``, { ...anonymous, role: 'reseller_staff', permissions: [name] }).map((row, at) => [
      row[0] ?? '',
      at === 0 ? says : '',
      `${row[1]} ${row[2]}`,
    ]),
  );
  const open = routes
    .filter(({ can }) => can === 'public')
    .map(({ method, path: at }) => `\`${method.toUpperCase()} ${at}\``);
  return page('Permissions', [
    'Who may do what, printed from the rules that decide (`server/access`). There are grants only; what no row grants is refused. `see` and `set` are for guarded parts of an answer or a change; `manage` is every other action.',
    '## Roles',
    table(['role', 'actions', 'on', 'which'], [...rows('anybody', anonymous), ...roles]),
    '## Permissions of sets',
    'A `reseller_staff` has the rights of the permissions in its set, over the whole network; without a set, none.',
    table(['permission', 'lets one', 'grants'], sets),
    '## Scopes of API clients',
    'A client of limited scopes keeps of its role what they name, and its token may name fewer. Keys, clients, sign-in and permission sets are in no scope.',
    table(
      ['scope', 'lets a program'],
      [...API_SCOPES].map(([name, says]) => [`\`${name}\``, says]),
    ),
    '## Routes that ask no rule',
    'Open to anybody, or decided by the thing itself after it was found.',
    open.join(', '),
  ]);
}

function page(title: string, parts: readonly string[]): string {
  return `${['<!-- Printed by server/cli/print-references.ts: change the code, not this file. -->', `# ${title}`, ...parts].join('\n\n')}\n`;
}

/** A Markdown table as Prettier would align it. */
function table(headers: readonly string[], rows: readonly string[][]): string {
  const cells = [headers, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|').trim()));
  const widths = headers.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
