import { startReference } from './reference.mjs';
import { compare } from './rounds.mjs';

const COLUMNS = [
  'id',
  'reference',
  'state',
  'title',
  'product',
  'leadName',
  'agency',
  'brandName',
  'total',
  'earned',
  'paymentMethod',
  'startsOn',
  'createdAt',
];

/**
 * Row 3: twenty rows of the tenant's own data, uncached, with schema and role of the tenant (`GET /api/v1/bookings?limit=20`, an agent
 * with a warm token), against Koa + `pg` with one prepared statement that reads the same rows schema-qualified as a superuser and
 * sends the same JSON. Search results live in Redis, so the booking list stands for "own stored data". The product's statement also
 * brings each booking's price build-up, from which it works out what the reader earned; the reference takes that from a column.
 * Target ≥ 0.50. `npm run bench -- --only booking-list`
 */
export async function benchBookingList({ api, fixtures, host, stack }, options) {
  const path = '/api/v1/bookings?limit=20';
  const answer = await api.ask('GET', path, { headers: fixtures.bearer });
  if (answer.status !== 200 || answer.body.data.length !== 20)
    throw new Error(`${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
  const { schema } = fixtures.tenant;
  const reference = await startReference('pg', {
    connection: { connectionString: stack.environment.DATABASE_URL },
    text: listOf(schema),
    values: [answer.body.data[0].agency.id],
    columns: COLUMNS,
    rest: { next: answer.body.next },
  });
  try {
    await mustBeTheSame(reference, answer.body.data);
    const sides = {
      reference: { url: `${reference.url}/`, pid: reference.pid },
      product: { url: `${api.url}${path}`, pid: api.pid, headers: { host, ...fixtures.bearer } },
    };
    return await compare({ title: 'Booking list, 20 rows, uncached (row 3)', sides, target: 0.5, options });
  } finally {
    await reference.stop();
  }
}

const listOf = (schema) => `
  select b.id, b.reference, b.state, b.title, i.product, b.lead_name as "leadName", json_build_object('id', a.id, 'name', a.name) as agency,
    r.name as "brandName", json_build_object('amount', b.total_minor, 'currency', b.currency) as total,
    json_build_object('amount', b.total_minor, 'currency', b.currency) as earned, b.payment_method as "paymentMethod",
    b.starts_on::text as "startsOn", b.created_at as "createdAt"
  from ${schema}.bookings b
  join ${schema}.booking_items i on i.booking_id = b.id and i.position = 0
  join ${schema}.brands r on r.id = b.brand_id
  left join ${schema}.agencies a on a.id = b.agency_id
  where b.agency_id = $1 order by b.created_at desc, b.id desc limit 20`;

/** A reference that answers something else would prove nothing. */
async function mustBeTheSame(reference, rows) {
  const { data } = await (await fetch(reference.url)).json();
  const comparable = (list) => JSON.stringify(list.map((row) => ({ ...row, earned: null })));
  if (comparable(data) !== comparable(rows)) throw new Error('The reference reads other rows than the product');
}
