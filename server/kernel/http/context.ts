import type { TenantRef, TenantSql } from '../database/sql.ts';
import type { Logger } from '../logging/logger.ts';
import type { Actor } from './actor.ts';
import type { AuditPen } from './audit.ts';

/** A reseller, as the control plane knows it. */
export interface Tenant extends TenantRef {
  readonly slug: string;
  readonly name: string;
  readonly state: string;
  readonly currency: string;
  readonly locale: string;
  readonly wrappedDataKey: string;
  /** What the operator charges the reseller on a sale: percent of net (basis points) plus a fixed amount (minor units). */
  readonly plan: { readonly code: string; readonly feePercentBp: number; readonly feeFixedMinor: number };
}

/** The storefront a hostname names within a tenant: the reseller's own, or one agency's. */
export interface Brand {
  readonly id: string;
  readonly agencyId: string | null;
  readonly name: string;
  readonly theme: string;
  readonly hostname: string;
  /** Stored origin, e.g. `http://sol.localhost:8080`. Absolute URLs come from here, never from a request. */
  readonly origin: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly legal: Readonly<Record<string, string>>;
  readonly senderName: string;
  readonly senderEmail: string;
  readonly locales: readonly string[];
  readonly defaultLocale: string;
  readonly currency: string;
}

/** What a role may do: the CASL ability behind a narrow face, so that the kernel does not know the rules. */
export interface AbilityLike {
  can(action: string, subject: string): boolean;
}

/** Everything a route's handler knows of its request. */
export interface RequestContext {
  readonly requestId: string;
  readonly tenant: Tenant;
  readonly brand: Brand;
  readonly actor: Actor;
  readonly ability: AbilityLike;
  /** Bound to the tenant; each query is one message. */
  readonly sql: TenantSql;
  readonly locale: string;
  readonly ip: string;
  readonly log: Logger;
  /** Where a use case says what it changed, for the audit log. */
  readonly audit: AuditPen;
  /**
   * On idempotent routes: a UUID made of tenant, actor, route and key. Use it as the id of what is created: a retry after a crash
   * then finds the first attempt's row instead of making a second.
   */
  readonly idempotentId?: string;
}

/** Who asks, where, in which language: all of the context that is known before a route is found. */
export type CallerContext = Omit<RequestContext, 'idempotentId' | 'audit'>;
