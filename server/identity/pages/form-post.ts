import type { Context } from 'koa';
import type { KoaContextWithOIDC, UnknownObject } from 'oidc-provider';
import { formPostTargetOf, letIssuerFormsLeadOnlyTo } from './form-targets.ts';
import type { Pages } from './page.ts';

/** Sends the form of an answer by itself. A file of the brand's own host, as themes may hold no script (`validate-templates.ts`). */
export const FORM_POST_SCRIPT = '/auth/form-post.js';

const SCRIPT = `document.querySelector('form[data-form-post]').submit();\n`;

/** `GET /auth/form-post.js` */
export function sendFormPostScript(ctx: Context): Promise<void> {
  ctx.type = 'text/javascript';
  ctx.set('cache-control', 'public, max-age=86400');
  ctx.body = SCRIPT;
  return Promise.resolve();
}

/** How an authorization is answered: the context, where to, and what. */
export type ResponseMode = (ctx: KoaContextWithOIDC, redirectUri: string, payload: UnknownObject) => void;

/**
 * OAuth 2.0 Form Post Response Mode: the answer is a form that goes to the application by itself, or by its button. The page's policy lets
 * forms lead to that one address and nowhere else, and it must be one the application registered.
 */
export const createFormPost =
  (pages: Pages): ResponseMode =>
  (ctx, redirectUri, payload) => {
    const { client, params } = ctx.oidc;
    const scope = pages.inLanguageOf(ctx, pages.scopeOf(ctx), params?.ui_locales);
    const target = formPostTargetOf(redirectUri);
    if (!client?.redirectUriAllowed(redirectUri) || !target) {
      pages.draw(ctx, scope, 'error', { requestId: scope.requestId, backUrl: '/' }, 400);
      return;
    }
    letIssuerFormsLeadOnlyTo(ctx, target);
    const fields = Object.entries(payload).map(([name, value]) => ({ name, value: String(value) }));
    pages.draw(ctx, scope, 'form-post', {
      action: redirectUri,
      clientName: client.clientName ?? client.clientId,
      fields,
      script: FORM_POST_SCRIPT,
    });
  };
