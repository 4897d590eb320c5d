import type { Http, Query } from './http.ts';
import type { Page } from './types.ts';

export const OUTCOMES = ['done', 'denied', 'refused', 'failed', 'unknown', 'replayed'] as const;
type Plain = string | number | boolean | null;

export type AuditEntry = {
  id: string;
  at: string;
  actor: { kind: string; id: string | null; name: string; role: string | null; agencyId: string | null };
  actingParty: { kind: string; id: string | null; name: string; reason: string | null } | null;
  action: string;
  verb: string | null;
  subject: { type: string; id: string | null; label: string | null };
  outcome: (typeof OUTCOMES)[number];
  status: number | null;
  problem: string | null;
  changes: Record<string, { from: Plain; to: Plain }> | null;
  details: Record<string, Plain> | null;
  origin: { ip: string | null; userAgent: string | null; host: string | null };
  requestId: string | null;
  hash: string;
};

const DAY_MS = 86_400_000;

/** Days of the reader's own calendar as instants; the last day is meant whole. */
function toQuery({ from, to, sort: _sort, ...rest }: Query): Query {
  const startOf = (day: string | number, later = 0) => {
    const start = new Date(`${day}T00:00:00`);
    return Number.isNaN(start.getTime()) ? undefined : new Date(start.getTime() + later).toISOString();
  };
  return {
    ...rest,
    from: from === undefined ? undefined : startOf(from),
    to: to === undefined ? undefined : startOf(to, DAY_MS),
    reads: rest['reads'] ?? 'hide',
  };
}

export const createAuditApi = (http: Http) => ({
  async list(query: Query, signal?: AbortSignal): Promise<Page<AuditEntry>> {
    const page = await http.get<Page<Omit<AuditEntry, 'id'> & { id: number }>>('/audit-log', toQuery(query), signal);
    return { ...page, data: page.data.map((entry) => ({ ...entry, id: String(entry.id) })) };
  },
  /** Where the browser fetches the same entries as CSV; it sends its session itself. */
  exportUrl(query: Query): string {
    const given = Object.entries(toQuery(query)).filter(([, value]) => value !== undefined && value !== '');
    return `/api/v1/audit-log/export?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}`;
  },
});
