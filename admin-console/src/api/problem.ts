/** One refused field; `pointer` is a JSON pointer (RFC 6901) into the request body, or `?name` for a query parameter. */
export type FieldProblem = { pointer: string; code: string; detail: string };

/** RFC 9457 answer of the API. */
export type ProblemBody = {
  status: number;
  code: string;
  title?: string;
  detail?: string;
  instance?: string;
  errors?: FieldProblem[];
  /** Where the person proves anew who it is, of `access.step_up_required`. */
  stepUpUrl?: string;
};

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
}

/** No answer reached us: what was asked may have happened all the same. */
export const UNREACHABLE = 'client.unreachable';
export const STEP_UP = 'access.step_up_required';
export const UNREADABLE = 'client.unreadable_answer';

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const isFieldProblem = (value: unknown): value is FieldProblem =>
  isRecord(value) && typeof value['pointer'] === 'string' && typeof value['detail'] === 'string';

/** Reads an error answer, whatever a proxy between may have made of it. */
export function problemOf(status: number, body: unknown): ApiProblem {
  if (!isRecord(body) || typeof body['code'] !== 'string') return new ApiProblem({ status, code: UNREADABLE });
  const { code, title, detail, instance, errors, stepUpUrl } = body;
  return new ApiProblem({
    status,
    code,
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof detail === 'string' ? { detail } : {}),
    ...(typeof instance === 'string' ? { instance } : {}),
    ...(typeof stepUpUrl === 'string' ? { stepUpUrl } : {}),
    ...(Array.isArray(errors) ? { errors: errors.filter(isFieldProblem) } : {}),
  });
}

/** What a page shows of anything thrown. Defects of our own are rethrown by nobody, so they get a code too. */
export const toProblem = (error: unknown): ApiProblem =>
  error instanceof ApiProblem ? error : new ApiProblem({ status: 0, code: 'client.defect', detail: String(error) });
