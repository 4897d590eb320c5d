import type { z } from 'zod';
import type { ProblemDefinition } from '../errors.ts';
import type { RequestContext } from './context.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Answer of a route: `body` is JSON unless `binary` is given. */
export interface Reply {
  status: number;
  body?: unknown;
  /** `body` as JSON, where it is kept serialised: sent as it is. */
  json?: Buffer;
  binary?: { contentType: string; data: Buffer; fileName?: string };
  /** A file that is made while it is sent, so that its length costs no memory. */
  stream?: { contentType: string; fileName: string; data: AsyncIterable<string> };
  headers?: Record<string, string>;
}

interface RouteDeclaration<P, Q, B> {
  method: Method;
  /** Below `/api/v1`, with `:name` parameters. */
  path: string;
  summary: string;
  tag: string;
  /** `public`: anyone; otherwise the action and subject (CASL) the actor must be able to do at all. */
  can: 'public' | readonly [action: string, subject: string];
  /** A dangerous act: a person must have signed in within the last five minutes (`step-up.ts`). */
  stepUp?: boolean;
  /** Requires `Idempotency-Key`; a repeated key replays the answer. */
  idempotent?: boolean;
  /**
   * Whether requests enter the audit log. Those that change something do by themselves; `read` is for reading what the law wants to
   * know of (exports, personal data revealed), `read-by-staff` for what customers may read of themselves, `none` for a POST that asks
   * and changes nothing.
   */
  audit?: 'read' | 'read-by-staff' | 'none';
  /** At most `points` per `seconds`, counted for each person or program; for each address where nobody signed in. */
  rateLimit?: { points: number; seconds: number };
  /** The body is a form with one file in this field (an `Upload`), and texts beside it. */
  upload?: { field: string; maxBytes: number };
  params?: z.ZodType<P>;
  query?: z.ZodType<Q>;
  body?: z.ZodType<B>;
  /** Schema of each answer by status; `null` for no or a binary body. */
  responses: Record<number, z.ZodType | null>;
  problems?: ReadonlyArray<Pick<ProblemDefinition<never>, 'code' | 'status' | 'title'>>;
}

export interface RouteInput<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  ctx: RequestContext;
  /** Lower-case request headers. */
  headers: Readonly<Record<string, string | undefined>>;
}

export interface Route extends RouteDeclaration<unknown, unknown, unknown> {
  handle(input: RouteInput<unknown, unknown, unknown>): Promise<Reply>;
}

/**
 * Declares a route: one declaration gives validation, types, permission, idempotency and OpenAPI. The handler makes one call to a use
 * case and presents the result; it holds no rule and no SQL.
 */
export function defineRoute<P = Record<string, never>, Q = Record<string, never>, B = undefined>(
  declaration: RouteDeclaration<P, Q, B>,
  handle: (input: RouteInput<P, Q, B>) => Promise<Reply>,
): Route {
  return { ...declaration, handle };
}
