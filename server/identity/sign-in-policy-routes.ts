import { etagOf, PreconditionRequired, requiredVersion, VersionChanged } from '../kernel/http/entity-tag.ts';
import { defineRoute, type Route } from '../kernel/http/route.ts';
import { SignInPolicyChange, SignInPolicyView } from './schema.ts';
import { readSignInPolicy, writeSignInPolicy, type SignInPolicy } from './sign-in-policy.ts';

const path = '/sign-in-policy';
const tag = 'identity';

const answer = (policy: SignInPolicy) => ({
  status: 200,
  body: policy,
  headers: etagOf(policy),
});

/** The API of what the reseller asks of everybody who signs in by password. */
export function signInPolicyRoutes(): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path,
        summary: 'What is asked of people who sign in by password',
        tag,
        can: ['read', 'IdentityProvider'],
        responses: { 200: SignInPolicyView },
      },
      async ({ ctx }) => answer(await readSignInPolicy(ctx.sql)),
    ),
    defineRoute(
      {
        method: 'put',
        path,
        summary: 'Decide what is asked of people who sign in by password; needs If-Match',
        tag,
        can: ['update', 'IdentityProvider'],
        stepUp: true,
        body: SignInPolicyChange,
        responses: { 200: SignInPolicyView },
        problems: [PreconditionRequired, VersionChanged],
      },
      async ({ ctx, body, headers }) => {
        const version = requiredVersion(headers);
        const { sql, actor, audit } = ctx;
        const before = await readSignInPolicy(sql);
        const after = await writeSignInPolicy(sql, { ...body, version }, actor.kind === 'user' ? actor.id : null);
        audit.note({
          before: { secondFactorRoles: before.secondFactorRoles },
          after: { secondFactorRoles: after.secondFactorRoles },
        });
        return answer(after);
      },
    ),
  ];
}
