import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { AccountLinkRecord, Delivery, IdempotentAnswer, SessionSecrets } from './records.ts';
import type { CardConduct } from './cards.ts';
import type Stripe from 'stripe';

/** Everything the sandbox remembers, by kind. */
export interface Kinds {
  payment_method: Stripe.PaymentMethod;
  card_conduct: CardConduct;
  payment_intent: Stripe.PaymentIntent;
  return_url: string;
  charge: Stripe.Charge;
  refund: Stripe.Refund;
  balance_transaction: Stripe.BalanceTransaction;
  checkout_session: Stripe.Checkout.Session;
  session_secrets: SessionSecrets;
  customer: Stripe.Customer;
  product: Stripe.Product;
  price: Stripe.Price;
  event: Stripe.Event;
  webhook_endpoint: Stripe.WebhookEndpoint;
  delivery: Delivery;
  idempotency: IdempotentAnswer;
  account: string;
  connected_account: Stripe.Account;
  account_link: AccountLinkRecord;
  transfer: Stripe.Transfer;
  transfer_reversal: Stripe.TransferReversal;
  application_fee: Stripe.ApplicationFee;
  fee_refund: Stripe.FeeRefund;
  dispute: Stripe.Dispute;
}

type Kind = keyof Kinds;
type Change = [kind: Kind, id: string, value: unknown];

export interface Store {
  get<K extends Kind>(kind: K, id: string): Kinds[K] | undefined;
  put<K extends Kind>(kind: K, id: string, value: Kinds[K]): void;
  remove(kind: Kind, id: string): void;
  all<K extends Kind>(kind: K): Kinds[K][];
  /** Runs synchronous work; its changes reach the disk as one line, or not at all. */
  transact<T>(work: () => T, keepOnError?: (error: unknown) => boolean): T;
  close(): void;
}

/** Reads whole lines only: a line cut short by a crash is not a transaction, and is cut off the file. */
function loadJournal(file: string, apply: (change: Change) => void): number {
  if (!existsSync(file)) return 0;
  const text = readFileSync(file);
  const end = text.lastIndexOf(0x0a) + 1;
  let lines = 0;
  for (const line of text.subarray(0, end).toString('utf8').split('\n')) {
    if (line === '') continue;
    for (const change of JSON.parse(line) as Change[]) apply(change);
    lines += 1;
  }
  if (end < text.length) {
    const fd = openSync(file, 'r+');
    ftruncateSync(fd, end);
    closeSync(fd);
  }
  return lines;
}

function writeWhole(file: string, lines: Iterable<string>): void {
  const temporary = `${file}.new`;
  const fd = openSync(temporary, 'w');
  for (const line of lines) writeSync(fd, line);
  fsyncSync(fd);
  closeSync(fd);
  renameSync(temporary, file);
}

/**
 * Keeps state in memory and in an append-only journal: one JSON line per transaction, written before the
 * answer leaves, so a killed process loses nothing it had confirmed. Long journals are rewritten at start.
 */
export function openStore(file: string, options: { compactAfterLines?: number } = {}): Store {
  const tables = new Map<Kind, Map<string, unknown>>();
  let pending: Change[] | null = null;
  let undo: (() => void)[] = [];

  function tableOf(kind: Kind): Map<string, unknown> {
    let table = tables.get(kind);
    if (!table) tables.set(kind, (table = new Map()));
    return table;
  }
  function apply([kind, id, value]: Change): void {
    if (value === null) tableOf(kind).delete(id);
    else tableOf(kind).set(id, value);
  }

  mkdirSync(dirname(file), { recursive: true });
  if (loadJournal(file, apply) > (options.compactAfterLines ?? 20_000)) {
    writeWhole(
      file,
      (function* lines() {
        for (const [kind, table] of tables)
          for (const [id, value] of table) yield `${JSON.stringify([[kind, id, value]])}\n`;
      })(),
    );
  }
  let fd: number | null = openSync(file, 'a');

  function flush(changes: Change[]): void {
    if (changes.length === 0) return;
    if (fd === null) throw new Error(`The sandbox journal ${file} is closed: start the sandbox again to write to it.`);
    writeSync(fd, `${JSON.stringify(changes)}\n`);
  }
  function change(kind: Kind, id: string, value: unknown): void {
    if (!pending) {
      flush([[kind, id, value]]);
      apply([kind, id, value]);
      return;
    }
    const before = tableOf(kind).get(id) ?? null;
    undo.push(() => apply([kind, id, before]));
    apply([kind, id, value]);
    pending.push([kind, id, value]);
  }
  function settle(keep: boolean): void {
    const changes = pending ?? [];
    const steps = undo;
    pending = null;
    undo = [];
    if (keep) flush(changes);
    else for (const step of steps.reverse()) step();
  }

  return {
    get: <K extends Kind>(kind: K, id: string) => tableOf(kind).get(id) as Kinds[K] | undefined,
    put: (kind, id, value) => change(kind, id, value),
    remove: (kind, id) => change(kind, id, null),
    all: <K extends Kind>(kind: K) => [...tableOf(kind).values()] as Kinds[K][],
    transact(work, keepOnError = () => false) {
      if (pending) return work();
      pending = [];
      try {
        const result = work();
        settle(true);
        return result;
      } catch (error) {
        settle(keepOnError(error));
        throw error;
      }
    },
    close() {
      if (fd !== null) closeSync(fd);
      fd = null;
    },
  };
}
