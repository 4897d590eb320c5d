import type { ZodError } from 'zod';
import { AppError, ValidationFailed, defineProblem, type FieldFault, type ProblemBody } from '../errors.ts';
import { BodyTooLarge, MalformedJson } from './read-body.ts';

const constraintProblems = new Map<string, () => AppError>();

/** A module says which problem a violated constraint of its tables means; unregistered ones answer 500, as they are defects. */
export function registerConstraintProblem(constraint: string, make: () => AppError): void {
  constraintProblems.set(constraint, make);
}

const TemporarilyUnavailable = defineProblem({
  code: 'service.unavailable',
  status: 503,
  title: 'Temporarily unavailable',
  detail: () => 'The service could not answer in time. Try again in a few seconds.',
  headers: () => ({ 'retry-after': '5' }),
});
const ValueRefused = defineProblem({
  code: 'request.value_refused',
  status: 400,
  title: 'A value has no meaning',
  detail: () =>
    'A number, date or id of the request cannot exist. Check what was not chosen from a list or copied from an answer.',
});
const Internal = defineProblem({
  code: 'service.internal',
  status: 500,
  title: 'Something went wrong on our side',
  detail: (x: { requestId: string }) => `The fault was recorded. If you report it, name request ${x.requestId}.`,
});

/** JSON pointer (RFC 6901) of a path into the body; query parameters are written `?name`. */
export function toFaults(error: ZodError, where: 'body' | 'query' | 'params'): FieldFault[] {
  return error.issues.flatMap((issue) => {
    const at = issue.path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1'));
    const pointer = where === 'body' ? `/${at.join('/')}` : `?${at.join('.')}`;
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        pointer: where === 'body' ? `${pointer === '/' ? '' : pointer}/${key}` : `?${key}`,
        code: 'unknown_field',
        detail: `"${key}" is not a field of this request`,
      }));
    }
    const custom = issue.code === 'custom' ? (issue.params as { code?: string } | undefined)?.code : undefined;
    return [{ pointer, code: custom ?? issue.code, detail: `${at.at(-1) ?? where}: ${issue.message}` }];
  });
}

export const validationProblem = (error: ZodError, where: 'body' | 'query' | 'params'): AppError =>
  ValidationFailed({ errors: toFaults(error, where) });

/** Maps anything thrown to a problem. What is not foreseen is a 500 with the request id and nothing inside. */
export function toAppError(error: unknown, requestId: string): { problem: AppError; unexpected: boolean } {
  if (error instanceof AppError) return { problem: error, unexpected: error.status >= 500 };
  const fault = error as {
    code?: string;
    constraint?: string;
    type?: string;
    status?: number;
    message?: string;
    name?: string;
  };
  if (fault.type === 'entity.too.large' || fault.status === 413)
    return { problem: BodyTooLarge({ limit: 'what the page asks for' }), unexpected: false };
  if (fault.type === 'entity.parse.failed' || (error instanceof SyntaxError && fault.status === 400))
    return { problem: MalformedJson({ reason: fault.message ?? 'syntax error' }), unexpected: false };
  if (fault.status === 400 && fault.type) return { problem: MalformedJson({ reason: fault.type }), unexpected: false };
  const known = fault.constraint ? constraintProblems.get(fault.constraint) : undefined;
  if (known) return { problem: known(), unexpected: false };
  // Values that have the right form and no meaning, such as 31 February in a forged cursor.
  if (fault.code && ['22003', '22007', '22008', '22P02'].includes(fault.code))
    return { problem: ValueRefused(), unexpected: true };
  if (
    fault.code === '57014' ||
    fault.code === 'ECONNREFUSED' ||
    fault.code === '57P01' ||
    isRedisAway(fault) ||
    fault.message?.includes('timeout exceeded when trying to connect')
  ) {
    return { problem: TemporarilyUnavailable(), unexpected: true };
  }
  return { problem: Internal({ requestId }), unexpected: true };
}

/** ioredis gives up on a command (`redis.ts`), or the server is not ready for it. Sessions then fail closed: nobody is taken for anonymous. */
const isRedisAway = ({ name, message = '' }: { name?: string; message?: string }): boolean =>
  name === 'MaxRetriesPerRequestError' ||
  message === 'Connection is closed.' ||
  (name === 'ReplyError' && /^(LOADING|MASTERDOWN|CLUSTERDOWN|READONLY|OOM) /.test(message));

/** The answer's body: the problem with `instance`, the request it belongs to. */
export function problemBody(problem: AppError, requestId: string): ProblemBody & { instance: string } {
  return { ...problem.toProblem(), instance: `urn:request:${requestId}` };
}
