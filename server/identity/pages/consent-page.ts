import type { Context } from 'koa';
import type Provider from 'oidc-provider';
import type { Issuers } from '../issuer/issuers.ts';
import { pinOrigin } from '../issuer/request-origin.ts';
import { letFormsLeadTo } from './form-targets.ts';
import { field, type Pages } from './page.ts';

type Details = Awaited<ReturnType<Provider['interactionDetails']>>;

/** What is asked that was not given before, as the provider found it. */
interface Missing {
  missingOIDCScope?: string[];
  missingOIDCClaims?: string[];
  missingResourceScopes?: Record<string, string[]>;
}

/**
 * `GET` and `POST /interaction/:uid` where an application of others asks for a person's consent. Answers whether it was such a request: all
 * others are the sign-in page's.
 */
export function createConsentPage({ issuers, pages }: { issuers: Issuers; pages: Pages }) {
  return async (ctx: Context): Promise<boolean> => {
    const request = pages.scopeOf(ctx);
    pinOrigin(ctx.req, request.brand.origin);
    const { provider } = await issuers.get(request.tenant, request.brand);
    const details = await provider.interactionDetails(ctx.req, ctx.res).catch(() => undefined);
    if (!details || `/interaction/${details.uid}` !== ctx.path || details.prompt.name !== 'consent') return false;
    const scope = pages.inLanguageOf(ctx, request, details.params.ui_locales);

    const client = await provider.Client.find(String(details.params.client_id));
    if (!client || !details.session) return false;
    letFormsLeadTo(ctx, details.params.redirect_uri, scope.brand.origin);
    const show = (fault: { formError?: string } = {}, status = 200) =>
      pages.draw(
        ctx,
        scope,
        'consent',
        {
          action: ctx.path,
          csrfToken: pages.csrfToken(ctx, scope),
          clientName: client.clientName ?? client.clientId,
          scopes: askedScopes(details),
          ...fault,
        },
        status,
      );
    if (ctx.method !== 'POST') {
      show();
      return true;
    }
    if (!pages.isGenuine(ctx, scope, field(ctx, '_csrf'))) {
      show({ formError: 'csrf' }, 403);
      return true;
    }
    const allowed = field(ctx, 'decision') === 'allow';
    const result = allowed
      ? { consent: { grantId: await giveConsent(provider, details, details.session.accountId) } }
      : { error: 'access_denied', error_description: 'The person did not allow it' };
    ctx.status = 303;
    ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: allowed }));
    return true;
  };
}

/** What the application would be able to do: everything it asks for, and nothing that it would not get. */
function askedScopes(details: Details): string[] {
  const missing = details.prompt.details as Missing;
  const fresh = [...(missing.missingOIDCScope ?? []), ...Object.values(missing.missingResourceScopes ?? {}).flat()];
  return fresh.length > 0 ? fresh : ((details.params.scope as string | undefined) ?? '').split(' ').filter(Boolean);
}

/** Adds what is missing to the grant of this session, or makes it. Returns its id. */
async function giveConsent(provider: Provider, details: Details, accountId: string): Promise<string> {
  const known = details.grantId ? await provider.Grant.find(details.grantId) : undefined;
  const grant = known ?? new provider.Grant({ accountId, clientId: String(details.params.client_id) });
  const missing = details.prompt.details as Missing;
  if (missing.missingOIDCScope) grant.addOIDCScope(missing.missingOIDCScope.join(' '));
  if (missing.missingOIDCClaims) grant.addOIDCClaims(missing.missingOIDCClaims);
  for (const [resource, scopes] of Object.entries(missing.missingResourceScopes ?? {}))
    grant.addResourceScope(resource, scopes.join(' '));
  return grant.save();
}
