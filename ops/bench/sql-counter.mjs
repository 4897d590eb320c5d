import net from 'node:net';

/**
 * A proxy in front of PostgreSQL that counts what a client sends, on the wire and without touching the product:
 * `messages` are the points at which the client waits for the server (a simple Query, or a Sync of the extended protocol);
 * `statements` are what PostgreSQL executes (each Execute, each statement of a simple Query; BEGIN, COMMIT and the binding
 * of a tenant included). Connections must not be encrypted. Start-up messages are not counted.
 * @see https://www.postgresql.org/docs/15/protocol-message-formats.html
 */
export async function startSqlCounter(databaseUrl) {
  const target = new URL(databaseUrl);
  const upstream = target.searchParams.get('host')?.startsWith('/')
    ? { path: `${target.searchParams.get('host')}/.s.PGSQL.${target.port || 5432}` }
    : { host: target.hostname, port: Number(target.port || 5432) };
  const counts = { messages: 0, statements: 0, texts: [] };

  const server = net.createServer((client) => {
    const database = net.connect(upstream);
    const watch = createWatcher(counts);
    client.on('data', (chunk) => {
      watch(chunk);
      database.write(chunk);
    });
    database.pipe(client);
    client.on('close', () => database.destroy());
    database.on('close', () => client.destroy());
    for (const socket of [client, database]) socket.on('error', () => socket.destroy()).setNoDelay(true);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));

  const url = new URL(databaseUrl);
  url.searchParams.delete('host');
  url.hostname = '127.0.0.1';
  url.port = String(server.address().port);
  return {
    url: url.href,
    counts,
    reset() {
      counts.messages = 0;
      counts.statements = 0;
      counts.texts.length = 0;
    },
    stop: () => new Promise((closed) => server.close(closed)),
  };
}

/** Reads frontend messages: the first has no type byte, every other is a type byte and a length that counts itself. */
function createWatcher(counts) {
  let rest = Buffer.alloc(0);
  let started = false;
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const head = started ? 1 : 0;
      if (rest.length < head + 4) return;
      const end = head + rest.readUInt32BE(head);
      if (rest.length < end) return;
      if (started) count(String.fromCharCode(rest[0]), rest.subarray(5, end), counts);
      started = true;
      rest = rest.subarray(end);
    }
  };
}

function count(type, body, counts) {
  if (type === 'Q') {
    const text = body.toString('utf8', 0, body.length - 1);
    counts.messages += 1;
    counts.statements += text.split(';').filter((part) => part.trim() !== '').length;
    counts.texts.push(text);
  } else if (type === 'P') {
    counts.texts.push(body.toString('utf8', body.indexOf(0) + 1, body.indexOf(0, body.indexOf(0) + 1)));
  } else if (type === 'E') counts.statements += 1;
  else if (type === 'S') counts.messages += 1;
}
