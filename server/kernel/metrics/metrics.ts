import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** The process's Prometheus metrics; names are part of the public contract (prefix `portolan_`). */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
  return {
    registry,
    httpRequestDuration: new Histogram({
      name: 'portolan_http_request_duration_seconds',
      help: 'HTTP requests',
      labelNames: ['route', 'method', 'status'],
      buckets: seconds,
      registers,
    }),
    dbQueryDuration: new Histogram({
      name: 'portolan_db_query_duration_seconds',
      help: 'SQL messages',
      labelNames: ['mode'],
      buckets: seconds,
      registers,
    }),
    dbPoolConnections: new Gauge({
      name: 'portolan_db_pool_connections',
      help: 'Pool connections by state',
      labelNames: ['pool', 'state'],
      registers,
    }),
    cacheRequests: new Counter({
      name: 'portolan_cache_requests_total',
      help: 'Cache look-ups',
      labelNames: ['cache', 'result'],
      registers,
    }),
    queueJobs: new Counter({
      name: 'portolan_queue_jobs_total',
      help: 'Jobs ended',
      labelNames: ['queue', 'result'],
      registers,
    }),
    queueJobDuration: new Histogram({
      name: 'portolan_queue_job_duration_seconds',
      help: 'Job run time',
      labelNames: ['queue'],
      buckets: seconds,
      registers,
    }),
    outboxLag: new Gauge({
      name: 'portolan_outbox_lag_seconds',
      help: 'Age of the oldest event not yet delivered',
      registers,
    }),
    supplierRequestDuration: new Histogram({
      name: 'portolan_supplier_request_duration_seconds',
      help: 'Supplier calls',
      labelNames: ['supplier', 'operation', 'result'],
      buckets: seconds,
      registers,
    }),
    bookings: new Counter({
      name: 'portolan_bookings_total',
      help: 'Bookings that reached a state',
      labelNames: ['state'],
      registers,
    }),
    payments: new Counter({
      name: 'portolan_payments_total',
      help: 'Payments by result',
      labelNames: ['result'],
      registers,
    }),
    queueDepth: new Gauge({
      name: 'portolan_queue_depth',
      help: 'Events due and not done',
      labelNames: ['queue'],
      registers,
    }),
    sagaStuck: new Gauge({ name: 'portolan_saga_stuck', help: 'Sagas parked for a person', registers }),
    ledgerImbalance: new Gauge({
      name: 'portolan_ledger_imbalance',
      help: 'Books whose entries do not sum to zero',
      registers,
    }),
    reconciliationUnmatched: new Gauge({
      name: 'portolan_reconciliation_unmatched',
      help: 'Cases in which books and payment service or suppliers differ, not yet settled',
      registers,
    }),
    auditEntries: new Counter({
      name: 'portolan_audit_entries_total',
      help: 'Entries of the audit logs by outcome',
      labelNames: ['outcome'],
      registers,
    }),
    auditUnavailable: new Counter({
      name: 'portolan_audit_unavailable_total',
      help: 'Requests refused because the audit log could not be written',
      registers,
    }),
    auditBroken: new Gauge({
      name: 'portolan_audit_chain_broken',
      help: 'Tenants whose audit log was changed after it was written',
      registers,
    }),
    auditAnchorRun: new Gauge({
      name: 'portolan_audit_anchor_run_timestamp_seconds',
      help: 'When the ends of all audit logs were last anchored',
      registers,
    }),
    tenantResolution: new Counter({
      name: 'portolan_tenant_resolution_total',
      help: 'Host look-ups',
      labelNames: ['result'],
      registers,
    }),
    ssrRenderDuration: new Histogram({
      name: 'portolan_ssr_render_duration_seconds',
      help: 'Storefront renders',
      buckets: seconds,
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
