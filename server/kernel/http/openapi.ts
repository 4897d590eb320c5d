import { OpenAPIRegistry, OpenApiGeneratorV31, extendZodWithOpenApi } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import type { Route } from './route.ts';
import { NotWhileActing } from './acting.ts';
import { StepUpRequired } from './step-up.ts';

extendZodWithOpenApi(z);

/** The problem every refusal answers with (RFC 9457). */
export const ProblemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    errors: z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() })).optional(),
  })
  .openapi('Problem');

type RouteConfig = Parameters<OpenAPIRegistry['registerPath']>[0];

/** The OpenAPI 3.1 document of all routes, made from the same declarations that validate requests. */
export function buildOpenApi(
  routes: readonly Route[],
  info: { version: string; basePath: string; scopeOf?: (action: string, subject: string) => string | undefined },
): Record<string, unknown> {
  const registry = new OpenAPIRegistry();
  const session = registry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'portolan_sid',
  });
  const bearer = registry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  });
  /** What a client of limited scopes must have been given (OpenAPI 3.1 allows names beside any scheme). */
  const scopesFor = ([action, subject]: readonly [string, string]) => [info.scopeOf?.(action, subject) ?? []].flat();
  for (const route of routes) {
    const responses: RouteConfig['responses'] = {};
    for (const [status, schema] of Object.entries(route.responses)) {
      responses[status] = schema
        ? { description: 'Done', content: { 'application/json': { schema } } }
        : { description: 'Done' };
    }
    const problems = new Map<number, string[]>();
    const declared = [...(route.problems ?? []), ...(route.stepUp ? [StepUpRequired, NotWhileActing] : [])];
    for (const problem of declared)
      problems.set(problem.status, [...(problems.get(problem.status) ?? []), `\`${problem.code}\` ${problem.title}`]);
    for (const [status, titles] of problems) responses[String(status)] = problemResponse(titles.join('; '));
    responses.default = problemResponse('A problem');
    registry.registerPath({
      method: route.method,
      path: `${info.basePath}${route.path.replaceAll(/:([A-Za-z]+)/g, '{$1}')}`,
      summary: route.summary,
      tags: [route.tag],
      security: route.can === 'public' ? [] : [{ [session.name]: [] }, { [bearer.name]: scopesFor(route.can) }],
      request: {
        ...(route.params ? { params: route.params as never } : {}),
        ...(route.query ? { query: route.query as never } : {}),
        ...(route.body
          ? {
              body: {
                required: true,
                content: { [route.upload ? 'multipart/form-data' : 'application/json']: { schema: route.body } },
              },
            }
          : {}),
        ...(route.idempotent ? { headers: z.object({ 'Idempotency-Key': z.string().min(8).max(128) }) as never } : {}),
      },
      responses,
      ...(route.stepUp ? { 'x-step-up': true } : {}),
    });
  }
  const generator = new OpenApiGeneratorV31(registry.definitions);
  return generator.generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'API',
      version: info.version,
      description: 'Money is integer minor units; instants are UTC; errors are RFC 9457 problems.',
    },
  }) as unknown as Record<string, unknown>;
}

function problemResponse(description: string) {
  return { description, content: { 'application/problem+json': { schema: ProblemSchema } } };
}
