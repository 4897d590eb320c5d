/** One fault of a request's field. `pointer` is a JSON pointer (RFC 6901) into the body, or `?name` for a query parameter. */
export interface FieldFault {
  pointer: string;
  code: string;
  detail: string;
}

/** What a problem answers with (RFC 9457), less `instance`, which the HTTP layer adds. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  errors?: FieldFault[];
  [extension: string]: unknown;
}

/** An error that ends a request with a problem a person can act on. Made by `defineProblem`. */
export class AppError extends Error {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly extensions: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(
    definition: { code: string; status: number; title: string },
    detail: string,
    extensions: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ) {
    super(detail);
    this.name = definition.code;
    this.code = definition.code;
    this.status = definition.status;
    this.title = definition.title;
    this.extensions = extensions;
    this.headers = headers;
  }

  toProblem(): ProblemBody {
    return {
      type: `/problems/${this.code}`,
      title: this.title,
      status: this.status,
      detail: this.message,
      code: this.code,
      ...this.extensions,
    };
  }
}

export interface ProblemDefinition<X> {
  (x: X): AppError;
  readonly code: string;
  readonly status: number;
  readonly title: string;
  /** Whether an error was made by this definition. */
  is(error: unknown): error is AppError;
}

/** Every problem defined in the process, by code: printed to `docs/reference/problems.md` and served at `/problems/:code`. */
export const problemRegistry = new Map<string, { code: string; status: number; title: string }>();

/**
 * Defines a problem in one expression, in the `errors.ts` of the module that raises it.
 * `detail` is the sentence that says what happened and how to mend it; `extensions` adds members to the answer.
 * @example const OfferExpired = defineProblem({ code: 'booking.offer_expired', status: 409, title: 'The offer has expired', detail: (x: { offerId: string }) => `…` })
 */
export function defineProblem<X = void>(definition: {
  code: string;
  status: number;
  title: string;
  detail: (x: X) => string;
  extensions?: (x: X) => Record<string, unknown>;
  headers?: (x: X) => Record<string, string>;
}): ProblemDefinition<X> {
  const { code, status, title } = definition;
  problemRegistry.set(code, { code, status, title });
  const make = (x: X) =>
    new AppError({ code, status, title }, definition.detail(x), definition.extensions?.(x), definition.headers?.(x));
  return Object.assign(make, {
    code,
    status,
    title,
    is: (error: unknown): error is AppError => error instanceof AppError && error.code === code,
  });
}

export const NotFound = defineProblem({
  code: 'request.not_found',
  status: 404,
  title: 'Not found',
  detail: (x: { what: string }) => `${x.what} was not found. Check the address or the id.`,
});
export const Forbidden = defineProblem({
  code: 'access.forbidden',
  status: 403,
  title: 'Not allowed',
  detail: (x: { action: string; subject: string }) =>
    `Your role may not ${x.action} this ${x.subject}. Ask your administrator if you need it.`,
});
export const Unauthenticated = defineProblem({
  code: 'access.unauthenticated',
  status: 401,
  title: 'Sign in first',
  detail: (x: { why: string }) => x.why,
  headers: () => ({ 'www-authenticate': 'Bearer' }),
});
export const ValidationFailed = defineProblem({
  code: 'request.invalid',
  status: 400,
  title: 'The request is not valid',
  detail: (x: { errors: FieldFault[] }) =>
    `${x.errors.length === 1 ? 'One field needs' : `${x.errors.length} fields need`} mending: ${x.errors[0]?.detail ?? ''}`,
  extensions: (x) => ({ errors: x.errors }),
});
export const Conflict = defineProblem({
  code: 'request.conflict',
  status: 409,
  title: 'Conflict with the current state',
  detail: (x: { detail: string }) => x.detail,
});
