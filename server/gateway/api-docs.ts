import type { Middleware } from 'koa';
import { problemRegistry } from '../kernel/errors.ts';
import { NotFound } from '../kernel/errors.ts';

type Operation = { summary?: string; tags?: string[] };
type Document = { paths: Record<string, Record<string, Operation>>; info: { version: string } };

const escape = (text: string) =>
  text.replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? char);

/**
 * `GET /api/openapi.json`, `/api/docs` (a page made from it, without a script) and `/problems/:code`, where a problem's `type` leads.
 * Neither names the platform: the site is the brand's.
 */
export function apiDocs(document: Record<string, unknown>): Middleware {
  const text = JSON.stringify(document);
  const page = renderDocs(document as unknown as Document);
  return async (ctx, next) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return next();
    if (ctx.path === '/api/openapi.json') {
      ctx.type = 'json';
      ctx.set('cache-control', 'public, max-age=300');
      ctx.body = text;
    } else if (ctx.path === '/api/docs') {
      ctx.type = 'html';
      ctx.body = page(String(ctx.state.nonce));
    } else if (ctx.path.startsWith('/problems/')) {
      const problem = problemRegistry.get(ctx.path.slice('/problems/'.length));
      if (!problem) throw NotFound({ what: 'This kind of problem' });
      ctx.type = 'html';
      ctx.body = layout(
        String(ctx.state.nonce),
        problem.title,
        `<h1>${escape(problem.title)}</h1><p>Code <code>${escape(problem.code)}</code>, HTTP status ${problem.status}. The <code>detail</code> of the answer says what happened and how to mend it.</p><p><a href="/api/docs">All operations</a></p>`,
      );
    } else return next();
  };
}

function renderDocs(document: Document): (nonce: string) => string {
  const byTag = new Map<string, string[]>();
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const tag = operation.tags?.[0] ?? 'Other';
      const row = `<tr><td><code class="m">${method.toUpperCase()}</code></td><td><code>${escape(path)}</code></td><td>${escape(operation.summary ?? '')}</td></tr>`;
      byTag.set(tag, [...(byTag.get(tag) ?? []), row]);
    }
  }
  const sections = [...byTag]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(
      ([tag, rows]) =>
        `<h2 id="${escape(tag)}">${escape(tag)}</h2><table><thead><tr><th>Method</th><th>Path</th><th>What it does</th></tr></thead><tbody>${rows.join('')}</tbody></table>`,
    );
  const intro = `<h1>API</h1><p>Version ${escape(document.info.version)}. The machine-readable description is <a href="/api/openapi.json">OpenAPI 3.1</a>. Authenticate with a bearer token of this host's issuer (<a href="/oidc/.well-known/openid-configuration">discovery</a>). Money is integer minor units, instants are UTC, lists are cursor pages, errors are RFC 9457 problems.</p><nav><ul>${[
    ...byTag.keys(),
  ]
    .sort()
    .map((tag) => `<li><a href="#${escape(tag)}">${escape(tag)}</a></li>`)
    .join('')}</ul></nav>`;
  const body = `${intro}${sections.join('')}`;
  return (nonce) => layout(nonce, 'API', body);
}

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:0 auto;padding:1rem 1.25rem;color:#1c2430;background:#fff}table{border-collapse:collapse;inline-size:100%}th,td{text-align:start;padding:.4rem .75rem .4rem 0;border-block-end:1px solid #d9dee5;vertical-align:top}code{font-size:.9em}.m{font-weight:700}nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;padding:0;list-style:none}a{color:#0b57a4}';

function layout(nonce: string, title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escape(title)}</title><style nonce="${nonce}">${STYLE}</style></head><body><main>${body}</main></body></html>`;
}
