import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { newId } from '../kernel/ids.ts';
import { accountKind } from './account.ts';
import type { ChainedTransaction } from './hash-chain.ts';
import { RESELLER_BOOK, agencyBook } from './posting.ts';
import type { Entry } from './posting.ts';

const AGENCY_PREFIX = agencyBook('');

/** Agency of a book's name; null is the reseller. */
export const agencyOfBook = (book: string): string | null =>
  book === RESELLER_BOOK ? null : book.slice(AGENCY_PREFIX.length);

/** Rows of an insert as JSON, so that one statement takes any number of them. */
const recordset = (rows: readonly object[]): string => JSON.stringify(rows);

export interface ChainEnd {
  sequence: number;
  hash: string;
  /** First instant of the open months; null while none is closed. */
  open_from: Date | null;
}

export async function lockChain(sql: TenantSql): Promise<ChainEnd> {
  const chain = await sql.one<ChainEnd>(
    q('ledger_chain')
      .select(
        'sequence',
        'hash',
        q.raw(`(select (max(month) + interval '1 month') at time zone 'UTC' from ledger_months) as open_from`),
      )
      .forUpdate(),
  );
  if (!chain) throw new Error("The ledger has no chain row: the tenant's schema is incomplete");
  return chain;
}

export function findPosted(
  sql: TenantSql,
  source: string,
  key: string,
): Promise<{ id: string; sequence: number } | undefined> {
  return sql.one(q('ledger_transactions').where({ source, key }).select('id', 'sequence'));
}

export interface AccountIds {
  readonly accountId: string;
  readonly bookId: string;
}

const accountName = (agencyId: string | null, code: string): string => `${agencyId ?? ''}/${code}`;

/** Ids of the accounts the entries name, by `accountName`; those that do not exist are made, with their books. Under the chain lock. */
export async function ensureAccounts(
  sql: TenantSql,
  entries: readonly Entry[],
  currency: string,
): Promise<Map<string, AccountIds>> {
  const wanted = new Map(
    entries.map(({ book, account }) => [
      accountName(agencyOfBook(book), account),
      { agency_id: agencyOfBook(book), code: account },
    ]),
  );
  const found = await findAccounts(sql, [...wanted.values()], currency);
  const missing = [...wanted].filter(([name]) => !found.has(name)).map(([, account]) => account);
  if (missing.length === 0) return found;
  await createAccounts(sql, missing, currency);
  return findAccounts(sql, [...wanted.values()], currency);
}

interface WantedAccount {
  agency_id: string | null;
  code: string;
}

async function findAccounts(
  sql: TenantSql,
  wanted: readonly WantedAccount[],
  currency: string,
): Promise<Map<string, AccountIds>> {
  const rows = await sql.all<{ agency_id: string | null; code: string; account_id: string; book_id: string }>(
    q.raw(
      `select w.agency_id, w.code, a.id as account_id, a.book_id
       from jsonb_to_recordset(?::jsonb) as w (agency_id uuid, code text)
       join ledger_books b on b.agency_id is not distinct from w.agency_id
       join ledger_accounts a on a.book_id = b.id and a.code = w.code and a.currency = ?`,
      [recordset(wanted), currency],
    ),
  );
  return new Map(
    rows.map((row) => [accountName(row.agency_id, row.code), { accountId: row.account_id, bookId: row.book_id }]),
  );
}

async function createAccounts(sql: TenantSql, missing: readonly WantedAccount[], currency: string): Promise<void> {
  const books = [...new Set(missing.map(({ agency_id }) => agency_id))].map((agency_id) => ({
    id: newId(),
    agency_id,
  }));
  await sql.run(q('ledger_books').insert(books).onConflict('agency_id').ignore());
  const accounts = missing.map((account) => ({ ...account, id: newId(), kind: accountKind(account.code), currency }));
  await sql.run(
    q.raw(
      `insert into ledger_accounts (id, book_id, code, kind, currency)
       select w.id, b.id, w.code, w.kind, w.currency
       from jsonb_to_recordset(?::jsonb) as w (id uuid, agency_id uuid, code text, kind text, currency text)
       join ledger_books b on b.agency_id is not distinct from w.agency_id
       on conflict (book_id, code, currency) do nothing`,
      [recordset(accounts)],
    ),
  );
}

/** Writes transaction, entries and the chain's new end in one statement. */
export async function insertTransaction(
  sql: TenantSql,
  transaction: ChainedTransaction & { previousHash: string; hash: string },
  accounts: ReadonlyMap<string, AccountIds>,
): Promise<void> {
  const entries = transaction.entries.map((entry) => {
    const account = accounts.get(accountName(agencyOfBook(entry.book), entry.account));
    if (!account) throw new Error(`Account ${entry.account} of ${entry.book} was not made`);
    return {
      id: newId(),
      book_id: account.bookId,
      account_id: account.accountId,
      amount_minor: entry.amount,
      currency: entry.currency,
    };
  });
  await sql.run(
    q.raw(
      `with posted as (
         insert into ledger_transactions (id, sequence, source, key, description, booking_id, occurred_at, previous_hash, hash)
         values (:id, :sequence, :source, :key, :description, :bookingId, :occurredAt, :previousHash, :hash)
         returning id
       ), written as (
         insert into ledger_entries (id, transaction_id, book_id, account_id, amount_minor, currency)
         select e.id, posted.id, e.book_id, e.account_id, e.amount_minor, e.currency
         from posted, jsonb_to_recordset(cast(:entries as jsonb)) as e (id uuid, book_id uuid, account_id uuid, amount_minor bigint, currency text)
       )
       update ledger_chain set sequence = :sequence, hash = :hash`,
      { ...transaction, entries: recordset(entries) },
    ),
  );
}

/** Balance of an account of the reseller's book in a currency, debit positive; 0 for one that holds nothing yet. */
export async function readResellerBalance(sql: TenantSql, code: string, currency: string): Promise<number> {
  const row = await sql.one<{ balance_minor: number }>(
    q('ledger_balances as l')
      .join('ledger_accounts as c', 'c.id', 'l.account_id')
      .join('ledger_books as b', 'b.id', 'c.book_id')
      .whereNull('b.agency_id')
      .where({ 'c.code': code, 'c.currency': currency })
      .select('l.balance_minor'),
  );
  return row?.balance_minor ?? 0;
}
