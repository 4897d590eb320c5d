import {
  closeSync,
  existsSync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type {
  BookingRecord,
  OfferRequestRecord,
  OfferState,
  OrderRecord,
  QuoteRecord,
  StaysSearchRecord,
} from './records.ts';
import type { OrderCancellation, Payment } from './wire.ts';

export interface Collections {
  offer_requests: OfferRequestRecord;
  offer_states: OfferState;
  orders: OrderRecord;
  payments: Payment & { order_id: string };
  cancellations: OrderCancellation;
  stays_searches: StaysSearchRecord;
  stays_quotes: QuoteRecord;
  stays_bookings: BookingRecord;
}
export type CollectionName = keyof Collections;

export interface Store {
  get<N extends CollectionName>(collection: N, id: string): Collections[N] | undefined;
  list<N extends CollectionName>(collection: N): Collections[N][];
  /** Written to disk before it returns; `durable` also waits for the disk itself, so it outlives a power cut. */
  put<N extends CollectionName>(collection: N, id: string, value: Collections[N], durable?: boolean): void;
  close(): void;
}

interface JournalLine {
  c: CollectionName;
  id: string;
  v: unknown;
}
type Maps = { [N in CollectionName]: Map<string, Collections[N]> };

/** Searches kept in memory; older ones answer as unknown. */
const mostTransient = 20_000;
const transient: ReadonlySet<CollectionName> = new Set<CollectionName>([
  'offer_requests',
  'offer_states',
  'stays_searches',
]);

function emptyMaps(): Maps {
  return {
    offer_requests: new Map(),
    offer_states: new Map(),
    orders: new Map(),
    payments: new Map(),
    cancellations: new Map(),
    stays_searches: new Map(),
    stays_quotes: new Map(),
    stays_bookings: new Map(),
  };
}

/** A process killed while writing leaves at most a torn last line, which is ignored: its caller never had an answer. */
function readJournal(path: string): JournalLine[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return line ? [JSON.parse(line) as JournalLine] : [];
      } catch {
        return [];
      }
    });
}

/** Append-only journal of whole records in `dataDir`, replayed at start and rewritten then without searches older than a day. */
export function openStore(dataDir: string, now: Date): Store {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, 'journal.ndjson');
  const maps = emptyMaps();
  const mapOf = <N extends CollectionName>(name: N): Map<string, Collections[N]> => maps[name];
  for (const line of readJournal(path)) (mapOf(line.c) as Map<string, unknown> | undefined)?.set(line.id, line.v);

  const dayAgo = new Date(now.getTime() - 86_400_000).toISOString();
  const kept: string[] = [];
  for (const name of Object.keys(maps) as CollectionName[]) {
    for (const [id, value] of mapOf(name) as Map<string, { createdAt?: string }>) {
      if (transient.has(name) && (value.createdAt ?? '') < dayAgo) mapOf(name).delete(id);
      else kept.push(JSON.stringify({ c: name, id, v: value }));
    }
  }
  writeFileSync(`${path}.new`, kept.length > 0 ? `${kept.join('\n')}\n` : '');
  renameSync(`${path}.new`, path);
  const file = openSync(path, 'a');

  return {
    get: (collection, id) => mapOf(collection).get(id),
    list: (collection) => [...mapOf(collection).values()],
    put(collection, id, value, durable = false) {
      writeSync(file, `${JSON.stringify({ c: collection, id, v: value })}\n`);
      if (durable) fdatasyncSync(file);
      const map = mapOf(collection);
      map.set(id, value);
      if (transient.has(collection) && map.size > mostTransient) map.delete(map.keys().next().value as string);
    },
    close: () => closeSync(file),
  };
}
