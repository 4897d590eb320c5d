/** RFC 9457 answer of the API. */
export type ProblemBody = {
  type?: string;
  title?: string;
  status: number;
  detail?: string;
  instance?: string;
  code: string;
  errors?: FieldProblem[];
  /** Of an expired offer: the storefront's page that searches for it again. */
  searchAgain?: string | { link: string };
  /** Of a code for a discount: why it is refused. */
  reason?: string;
};
/** One refused field; `pointer` is a JSON pointer (RFC 6901) into the request body. */
export type FieldProblem = { pointer: string; code: string; detail: string };

export class ApiProblem extends Error {
  override name = 'ApiProblem';
  readonly body: ProblemBody;

  constructor(body: ProblemBody) {
    super(body.detail ?? body.title ?? body.code);
    this.body = body;
  }

  get status(): number {
    return this.body.status;
  }

  get code(): string {
    return this.body.code;
  }

  /** Sentences by JSON pointer; a later one of the same field is dropped. */
  get fields(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const { pointer, detail } of this.body.errors ?? []) found[pointer] ??= detail;
    return found;
  }
}

/** No answer reached us: the network failed or the server did not answer in time. What was asked may have happened. */
export const UNREACHABLE = 'client.unreachable';

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Reads an error answer, whatever a proxy between may have made of it. */
export function problemOf(status: number, body: unknown): ApiProblem {
  if (isRecord(body) && typeof body['code'] === 'string') {
    const errors = Array.isArray(body['errors']) ? (body['errors'] as FieldProblem[]) : undefined;
    return new ApiProblem({ ...(body as ProblemBody), status, ...(errors === undefined ? {} : { errors }) });
  }
  return new ApiProblem({ status, code: status === 404 ? 'not_found' : 'client.unreadable_answer' });
}

export const isProblem = (error: unknown): error is ApiProblem => error instanceof ApiProblem;
export const isExpiry = (problem: ProblemBody): boolean => problem.code.endsWith('expired') || problem.status === 410;
/** The page that searches again, when the API names one of this site. */
export function searchAgainLink({ searchAgain }: ProblemBody): string | undefined {
  const link = typeof searchAgain === 'object' ? searchAgain.link : searchAgain;
  return link?.startsWith('/') === true && !link.startsWith('//') ? link : undefined;
}

export const isLostAnswer = (problem: ProblemBody): boolean => problem.code === UNREACHABLE || problem.status >= 500;
