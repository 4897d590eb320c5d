import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { html } from '../html.ts';
import { corrupt, type IdpEvil } from './evil.ts';
import { CONTOSO_PEOPLE, claimsOf, type IdpKind, type IdpPerson } from './people.ts';

export { CONTOSO_PEOPLE, CONTOSO_TID, type IdpKind, type IdpPerson } from './people.ts';
export type { IdpEvil } from './evil.ts';

export interface IdpSandboxOptions {
  /** 0 for any that is free. */
  port: number;
  host?: string;
  name?: string;
  kind?: IdpKind;
  clientId: string;
  clientSecret: string;
  people?: IdpPerson[];
}

/**
 * A company's identity provider that really speaks OpenID Connect (oidc-provider), in the claims of Entra ID, Google Workspace or Okta.
 * Whoever signs in picks a person from a list. For tests it can be told to answer wrongly.
 */
export function createIdpSandbox(options: IdpSandboxOptions) {
  const { host = '127.0.0.1', name = 'Contoso', kind = 'entra', clientId, clientSecret } = options;
  const people = [...(options.people ?? CONTOSO_PEOPLE)];
  const wrong: { mode: IdpEvil | undefined } = { mode: undefined };
  let provider: Provider;
  let signingKey: JWK;
  let url = '';
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', url);
    if (pathname === '/__sandbox/health') return void response.writeHead(200).end('ok');
    if (pathname.startsWith('/interaction/')) return choosePerson(request, response);
    await provider.callback()(request, response);
  }

  /** The sign-in page: a button for each person. */
  async function choosePerson(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { uid } = await provider.interactionDetails(request, response);
    if (request.method === 'POST') {
      let body = '';
      for await (const part of request as AsyncIterable<Buffer>) body += part.toString('utf8');
      const person = people.find(({ sub }) => sub === new URLSearchParams(body).get('person'));
      const result = person
        ? { login: { accountId: person.sub, amr: ['pwd', 'mfa'], remember: false } }
        : { error: 'access_denied', error_description: 'Nobody was chosen' };
      return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    }
    const buttons = people.map(
      ({ sub, givenName, familyName, email }) =>
        html`<p><button name="person" value="${sub}">${givenName} ${familyName} (${email})</button></p>`,
    );
    const page = html`<!doctype html>
      <html lang="en">
        <meta charset="utf-8" /><meta name="viewport" content="width=device-width" />
        <title>${name} (sandbox)</title
        ><style>
          body {
            font: 16px/1.5 system-ui;
            max-width: 28rem;
            margin: 3rem auto;
            padding: 0 1rem;
          }
          .banner {
            border: 2px dashed #8a5a00;
            background: #fff6e0;
            padding: 0.6rem;
          }
          button {
            font: inherit;
            width: 100%;
            padding: 0.6rem;
            text-align: start;
          }
        </style>
        <h1>${name}</h1>
        <p class="banner"><strong>Sandbox.</strong> No real company and no password. Choose who you are.</p>
        <form method="post" action="/interaction/${uid}">
          ${buttons}
          <p><button name="person" value="">Cancel</button></p>
        </form>
      </html>`;
    response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
      .end(page.markup);
  }

  async function bendAnswer(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
    await next();
    const { mode } = wrong;
    const body = ctx.body as Record<string, unknown> | undefined;
    if (!mode || !body) return;
    if (ctx.path === '/token' && typeof body.id_token === 'string')
      ctx.body = { ...body, id_token: await corrupt(mode, body.id_token, signingKey, clientSecret) };
    if (ctx.path === '/me' && mode === 'userinfo-of-somebody-else') ctx.body = { ...body, sub: 'somebody-else' };
  }

  return {
    get url() {
      return url;
    },
    /** Changed by tests between two sign-ins: groups a person lost, a colleague who left. */
    people,
    /** How the next answers are wrong; undefined for right ones. */
    setEvil: (mode: IdpEvil | undefined) => void (wrong.mode = mode),
    async start(): Promise<void> {
      await new Promise<void>((ready, fail) => {
        server.once('error', fail).listen(options.port, host, () => ready());
      });
      url = `http://${host}:${(server.address() as AddressInfo).port}`;
      const keys = await Promise.all(['one', 'two'].map(newKey));
      signingKey = keys[0] as JWK;
      provider = new Provider(url, configurationOf({ kind, people, keys, clientId, clientSecret }));
      // Every site of a tenant comes back to its own address.
      provider.Client.prototype.redirectUriAllowed = (given: string) =>
        new URL(given).pathname === '/auth/federation/callback';
      provider.use((ctx, next) => bendAnswer(ctx as KoaContextWithOIDC, next));
    },
    stop: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

export type IdpSandbox = ReturnType<typeof createIdpSandbox>;

async function newKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, use: 'sig', alg: 'RS256' };
}

function configurationOf(parts: {
  kind: IdpKind;
  people: IdpPerson[];
  keys: JWK[];
  clientId: string;
  clientSecret: string;
}): Configuration {
  const { kind, people, keys } = parts;
  const profile = ['name', 'given_name', 'family_name', 'preferred_username', 'oid', 'tid', 'hd', 'ver'];
  const more = [...new Set(people.flatMap((person) => Object.keys(person.claims ?? {})))];
  return {
    jwks: { keys },
    clients: [
      {
        client_id: parts.clientId,
        client_secret: parts.clientSecret,
        redirect_uris: ['http://localhost/auth/federation/callback'],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    clientAuthMethods: ['client_secret_post'],
    claims: {
      openid: ['sub', 'auth_time', 'amr'],
      profile: [...profile, 'groups', '_claim_names', 'hasgroups', ...more],
      email: ['email', 'email_verified'],
    },
    // Okta's tokens are thin: what the scopes name stands in userinfo.
    conformIdTokenClaims: kind === 'okta',
    cookies: { keys: ['sandbox'] },
    ttl: { Interaction: 600, Grant: 600, Session: 3600, AccessToken: 300, IdToken: 300, AuthorizationCode: 60 },
    pkce: { required: () => true },
    findAccount: (_ctx, id) => {
      const person = people.find(({ sub }) => sub === id);
      return person && { accountId: id, claims: () => claimsOf(kind, person) };
    },
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client?.clientId ?? '',
        accountId: oidc.session?.accountId ?? '',
      });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    features: { devInteractions: { enabled: false }, userinfo: { enabled: true } },
  };
}
