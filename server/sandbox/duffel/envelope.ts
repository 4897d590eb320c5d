import { randomToken } from './hash.ts';

export type ProblemType =
  | 'authentication_error'
  | 'airline_error'
  | 'invalid_state_error'
  | 'rate_limit_error'
  | 'validation_error'
  | 'invalid_request_error'
  | 'api_error';

export interface ProblemSource {
  field: string;
  pointer: string;
}

/** A refusal in Duffel's own words: HTTP status, error type and code, and the field it concerns. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly type: ProblemType;
  readonly code: string;
  readonly title: string;
  readonly source: ProblemSource | undefined;

  constructor(status: number, type: ProblemType, code: string, title: string, message: string, source?: ProblemSource) {
    super(message);
    this.status = status;
    this.type = type;
    this.code = code;
    this.title = title;
    this.source = source;
  }
}

const titleOf = (code: string): string => {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export const invalid = (code: string, message: string, pointer: string): ApiProblem =>
  new ApiProblem(422, 'validation_error', code, titleOf(code), message, {
    field: pointer.split('/').at(-1) ?? '',
    pointer,
  });

export const required = (pointer: string): ApiProblem =>
  invalid('validation_required', `Field '${pointer.split('/').at(-1)}' can't be blank`, pointer);

export const airlineProblem = (code: string, message: string, status = 422): ApiProblem =>
  new ApiProblem(status, 'airline_error', code, titleOf(code), message);

export const invalidState = (code: string, message: string): ApiProblem =>
  new ApiProblem(422, 'invalid_state_error', code, titleOf(code), message);

export const notFound = (what: string): ApiProblem =>
  new ApiProblem(
    404,
    'invalid_request_error',
    'not_found',
    'Not found',
    `The ${what} you are trying to access does not exist.`,
  );

export const offerGone = (message = 'The provided offer is no longer available. Please search again.'): ApiProblem =>
  airlineProblem('offer_no_longer_available', message);

export interface ErrorBody {
  errors: {
    type: string;
    code: string;
    title: string;
    message: string;
    documentation_url: string;
    source?: ProblemSource;
  }[];
  meta: { status: number; request_id: string };
}

export function errorBody(problem: ApiProblem, requestId: string): ErrorBody {
  return {
    errors: [
      {
        type: problem.type,
        code: problem.code,
        title: problem.title,
        message: problem.message,
        documentation_url: 'https://duffel.com/docs/api/overview/response-handling',
        ...(problem.source ? { source: problem.source } : {}),
      },
    ],
    meta: { status: problem.status, request_id: requestId },
  };
}

export const newRequestId = (): string => `sbx-${randomToken(16)}`;

export interface PageMeta {
  limit: number;
  before: string | null;
  after: string | null;
}

/** One page of a list. Cursors name a position and are opaque to the client. */
export function paginate<T>(rows: readonly T[], query: URLSearchParams): { data: T[]; meta: PageMeta } {
  const limit = Number(query.get('limit') ?? 50);
  if (!Number.isInteger(limit) || limit < 1 || limit > 200)
    throw invalid('validation_format', "Field 'limit' must be between 1 and 200", '/limit');
  const decode = (cursor: string): number => {
    const position = Number(Buffer.from(cursor, 'base64url').toString().replace(/^at:/, ''));
    if (!Number.isInteger(position) || position < 0)
      throw invalid('validation_format', 'The pagination cursor is not valid', '/after');
    return position;
  };
  const encode = (position: number): string => Buffer.from(`at:${position}`).toString('base64url');
  const after = query.get('after');
  const before = query.get('before');
  const start = after ? decode(after) : before ? Math.max(0, decode(before) - limit) : 0;
  const end = Math.min(start + limit, rows.length);
  return {
    data: rows.slice(start, end),
    meta: { limit, before: start > 0 ? encode(start) : null, after: end < rows.length ? encode(end) : null },
  };
}
