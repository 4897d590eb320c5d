import { CSV_START, csvLine } from '../kernel/csv.ts';
import { currencyExponent } from '../kernel/money-exponent.ts';
import { formatDecimalAmount } from '../kernel/money.ts';
import { accountKind, splitCode, type AccountKind } from './account.ts';
import type { EntryRow, TransactionRow } from './read-ledger.ts';

export interface JournalBatch {
  transactions: readonly TransactionRow[];
  entries: readonly EntryRow[];
}

interface Options {
  resellerName: string;
  /** The reseller sees the place in the journal. */
  withChain: boolean;
}

function entriesOf({ entries }: JournalBatch): Map<string, EntryRow[]> {
  const byTransaction = new Map<string, EntryRow[]>();
  for (const entry of entries) {
    const list = byTransaction.get(entry.transaction_id);
    if (list) list.push(entry);
    else byTransaction.set(entry.transaction_id, [entry]);
  }
  return byTransaction;
}

const day = (instant: Date): string => instant.toISOString().slice(0, 10);
const decimal = (amount: number, currency: string): string => formatDecimalAmount(amount, currencyExponent(currency));
const bookName = (entry: EntryRow, { resellerName }: Options): string => entry.book_name ?? resellerName;

/** One entry a line; debit and credit in columns of their own, decimals with a point. */
export async function* journalCsv(batches: AsyncIterable<JournalBatch>, options: Options): AsyncGenerator<string> {
  const head = ['date', 'number', 'source', 'key', 'description', 'booking', 'book', 'account', 'with'];
  yield CSV_START + csvLine([...head, 'debit', 'credit', 'currency']);
  for await (const batch of batches) {
    const entries = entriesOf(batch);
    yield batch.transactions
      .flatMap((row) =>
        (entries.get(row.id) ?? []).map((entry) => {
          const { group } = splitCode(entry.code);
          const cells = [
            day(row.occurred_at),
            options.withChain ? row.sequence : null,
            row.source,
            row.key,
            row.description,
            row.booking_reference,
            bookName(entry, options),
            group,
            entry.code === group ? null : (entry.party_name ?? options.resellerName),
          ];
          const amounts = [Math.max(entry.amount_minor, 0), Math.max(-entry.amount_minor, 0)];
          const columns = amounts.map((amount) => (amount === 0 ? '' : decimal(amount, entry.currency)));
          return `${csvLine(cells).trimEnd()},${columns.join(',')},${entry.currency}\r\n`;
        }),
      )
      .join('');
  }
}

const ROOTS: Readonly<Record<AccountKind, string>> = {
  asset: 'assets',
  liability: 'liabilities',
  income: 'income',
  expense: 'expenses',
  equity: 'equity',
};

/** A name as a part of an account: two blanks would end it, a colon would divide it. */
const part = (name: string): string => name.replaceAll(/[\s:;()[\]"]+/g, ' ').trim() || '-';
/** Free text of a transaction: one line, without what begins a comment. */
const line = (text: string): string => text.replaceAll(/[\s;|]+/g, ' ').trim();

/**
 * Plain-text accounting, as hledger and Ledger read it: each transaction with its entries by kind (from its name they know what an account
 * is), book and account. Debits are positive; every transaction sums to zero in each book.
 */
export async function* plainTextJournal(
  batches: AsyncIterable<JournalBatch>,
  options: Options,
): AsyncGenerator<string> {
  yield `; ${line(options.resellerName)}: double-entry journal, dates in UTC\n`;
  for await (const batch of batches) {
    const entries = entriesOf(batch);
    yield batch.transactions
      .map((row) => {
        const number = options.withChain ? ` (${row.sequence})` : '';
        const booking = row.booking_reference ? `  ; booking: ${row.booking_reference}` : '';
        const postings = (entries.get(row.id) ?? []).map((entry) => {
          const { group } = splitCode(entry.code);
          const party = entry.code === group ? [] : [part(entry.party_name ?? options.resellerName)];
          const account = [ROOTS[accountKind(entry.code)], part(bookName(entry, options)), group, ...party].join(':');
          return `    ${account}  ${decimal(entry.amount_minor, entry.currency)} ${entry.currency}\n`;
        });
        return `\n${day(row.occurred_at)} *${number} ${line(row.description)}${booking}\n${postings.join('')}`;
      })
      .join('');
  }
}
