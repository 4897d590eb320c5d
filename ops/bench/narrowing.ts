/**
 * Lists narrowed by abilities: a page of 20 out of 40,000 bookings, once with `narrow` and once with the condition a developer would
 * write by hand; both must answer the same rows. By turns, hand, ability, hand, ability …; only the ratio within a round counts.
 * Then what an ability costs. Called by `narrowing.mjs` with seconds and rounds; prints JSON. Target: at most 1.1 times the time.
 */
import pg from 'pg';
import type { Knex } from 'knex';
import { abilityFor, narrow, PERMISSION_NAMES } from '../../server/access/index.ts';
import { q, toNative } from '../../server/kernel/database/builder.ts';
import type { Actor } from '../../server/kernel/http/actor.ts';
import { median, spread } from './printer.mjs';

const ROWS = 40_000;
const AGENCIES = 400;
const PAGE = 20;
const TARGET = 1.1;
const ABILITIES = 20_000;

const [seconds = 1, rounds = 5] = process.argv.slice(2).map(Number);

const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
/** Ten agencies at the top, each with 39 below. */
const topOf = (n: number) => idOf(n % 10);
const pathOf = (n: number) => (n < 10 ? `/${topOf(n)}/` : `/${topOf(n)}/${idOf(n)}/`);

const actorOf = (role: string, rest: Partial<Actor> = {}): Actor =>
  ({ kind: 'user', id: idOf(7), role, agencyId: null, agencyPath: '/', name: '', email: null, ...rest }) as Actor;

/** Whose list, with a new actor for each request, as the server makes it; and its condition as one would write it. */
const READERS: { name: string; actor: () => Actor; byHand: (query: Knex.QueryBuilder) => Knex.QueryBuilder }[] = [
  { name: 'reseller administrator: everything', actor: () => actorOf('reseller_admin'), byHand: (query) => query },
  {
    name: 'reseller staff with every permission',
    actor: () => actorOf('reseller_staff', { permissions: PERMISSION_NAMES }),
    byHand: (query) => query,
  },
  {
    name: 'agency administrator: its subtree',
    actor: () => actorOf('agency_admin', { agencyId: idOf(3), agencyPath: pathOf(3) }),
    byHand: (query) => query.where('b.agency_path', 'like', `${pathOf(3)}%`),
  },
  {
    name: 'agent: its agency',
    actor: () => actorOf('agent', { agencyId: idOf(13), agencyPath: pathOf(13) }),
    byHand: (query) => query.where('b.agency_id', idOf(13)),
  },
  {
    name: 'customer: own bookings',
    actor: () => actorOf('customer'),
    byHand: (query) => query.where('b.customer_id', idOf(7)),
  },
];

const COLUMNS = { customerId: 'b.customer_id', agencyId: 'b.agency_id', agencyPath: 'b.agency_path' };

const page = (): Knex.QueryBuilder =>
  q('bookings as b')
    .select('b.id', 'b.title', 'b.agency_id', 'b.created_at')
    .orderBy([
      { column: 'b.created_at', order: 'desc' },
      { column: 'b.id', order: 'desc' },
    ])
    .limit(PAGE + 1);

/** The columns a list is narrowed by, and the indexes, of the product's own table. */
async function fill(client: pg.Client): Promise<void> {
  await client.query(`
    create table bookings (id uuid primary key, title text not null, agency_id uuid, agency_path text not null,
      customer_id uuid, created_at timestamptz not null);
    create index bookings_agency on bookings (agency_path text_pattern_ops, created_at desc);
    create index bookings_customer on bookings (customer_id, created_at desc);
    create index bookings_created on bookings (created_at desc, id desc)`);
  const numbers = Array.from({ length: AGENCIES }, (_, n) => n);
  await client.query(
    `insert into bookings
     select ('10000000-0000-4000-8000-' || lpad(s.n::text, 12, '0'))::uuid, 'Booking ' || s.n, a.id, a.path,
       ('00000000-0000-4000-8000-' || lpad((s.n % 1000)::text, 12, '0'))::uuid, timestamptz '2026-01-01' + s.n * interval '7 minutes'
     from generate_series(1, $1::int) as s(n)
     join unnest($2::int[], $3::uuid[], $4::text[]) as a(at, id, path) on a.at = s.n % $5::int`,
    [ROWS, numbers, numbers.map(idOf), numbers.map(pathOf), AGENCIES],
  );
  await client.query('vacuum analyze bookings');
}

type Ask = () => Promise<pg.QueryResult>;

/** Microseconds of one request, building of the statement included. */
async function time(ask: Ask): Promise<number> {
  const began = process.hrtime.bigint();
  await ask();
  return Number(process.hrtime.bigint() - began) / 1000;
}

/** Both sides by turns for as long as a round lasts: the medians of this round. */
async function measure(byHand: Ask, byAbility: Ask): Promise<{ bare: number; narrowed: number }> {
  const bare: number[] = [];
  const narrowed: number[] = [];
  for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
    bare.push(await time(byHand));
    narrowed.push(await time(byAbility));
  }
  return { bare: median(bare), narrowed: median(narrowed) };
}

/** Microseconds of `abilityFor`, over many actors that are new objects; `vary` makes each another key. */
function costOfAbility(vary: boolean): number {
  const actors = Array.from({ length: ABILITIES }, (_, n) =>
    actorOf('agency_admin', { agencyId: idOf(vary ? n + 1000 : 1), agencyPath: `/${idOf(vary ? n + 1000 : 1)}/` }),
  );
  const began = process.hrtime.bigint();
  for (const actor of actors) abilityFor(actor);
  return Number(process.hrtime.bigint() - began) / 1000 / ABILITIES;
}

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
try {
  await fill(client);
  const rows = [];
  for (const { name, actor, byHand } of READERS) {
    const send = (query: Knex.QueryBuilder) => client.query(toNative(query));
    const bare: Ask = () => send(byHand(page()));
    const narrowed: Ask = () => send(narrow(page(), abilityFor(actor()), 'read', 'Booking', COLUMNS));
    const [one, other] = [(await bare()).rows, (await narrowed()).rows];
    if (one.length !== PAGE + 1 || JSON.stringify(one) !== JSON.stringify(other))
      throw new Error(`${name}: the two lists are not the same page (${one.length}, ${other.length} rows)`);
    await measure(bare, narrowed);
    const kept = [];
    for (let round = 0; round < rounds; round += 1) kept.push(await measure(bare, narrowed));
    const ratios = kept.map((round) => round.narrowed / round.bare);
    rows.push({
      name: `${name}, µs`,
      bare: spread(
        kept.map((round) => round.bare),
        0,
      ),
      narrowed: spread(
        kept.map((round) => round.narrowed),
        0,
      ),
      figures: spread(ratios),
      target: `≤ ${TARGET}`,
      met: median(ratios) <= TARGET,
    });
  }
  costOfAbility(true);
  const [made, known] = [costOfAbility(true), costOfAbility(false)];
  console.log(
    JSON.stringify({
      title: `Lists narrowed by abilities, ${PAGE} of ${ROWS.toLocaleString('en')} rows, ${rounds} rounds`,
      rows,
      remarks: [
        `min / median / max. One request after the other on one connection, statement built and rows read. An agency administrator's ability costs ${made.toFixed(1)} µs made anew and ${known.toFixed(1)} µs when somebody of the same rights was there before.`,
      ],
    }),
  );
} finally {
  await client.end();
}
