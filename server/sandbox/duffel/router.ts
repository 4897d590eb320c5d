import type { SandboxContext } from './context.ts';
import type { FaultKind } from './faults.ts';

export interface SandboxRequest {
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** The `data` object of the body; empty for requests without one. */
  body: Record<string, unknown>;
  /** A fault the handler itself plays: price_change, expired or gone. */
  fault: FaultKind | undefined;
}

export interface Reply {
  status?: number;
  data: unknown;
  meta?: unknown;
}

export interface Route {
  operation: string;
  method: 'GET' | 'POST' | 'PATCH';
  path: string;
  handle(ctx: SandboxContext, request: SandboxRequest): Reply;
}

/** The route of a request; a trailing slash is ignored, as the client sends one for offer requests. */
export function matchRoute(
  routes: readonly Route[],
  method: string,
  pathname: string,
): { route: Route; params: Record<string, string> } | undefined {
  const given = pathname.replace(/\/+$/, '').split('/');
  for (const route of routes) {
    const wanted = route.path.split('/');
    if (route.method !== method || wanted.length !== given.length) continue;
    const params: Record<string, string> = {};
    const fits = wanted.every((part, at) => {
      const value = given[at] ?? '';
      if (!part.startsWith(':')) return part === value;
      params[part.slice(1)] = decodeURIComponent(value);
      return value !== '';
    });
    if (fits) return { route, params };
  }
  return undefined;
}
