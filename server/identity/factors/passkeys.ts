import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type AuthenticatorTransport,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { Brand } from '../../kernel/http/context.ts';
import { newId } from '../../kernel/ids.ts';
import { tenantKey, type Redis } from '../../kernel/redis.ts';
import { MOST_PASSKEYS, findPasskey, insertPasskey, listPasskeys, notePasskeyUse } from './repository.ts';

const CHALLENGE_SECONDS = 600;
/** ES256, EdDSA, RS256 (IANA COSE). */
const ALGORITHMS = [-7, -8, -257];

/** A passkey belongs to the brand's host, without port (WebAuthn level 3, section 5.1.2). */
export const rpIdOf = (brand: Pick<Brand, 'origin'>): string => new URL(brand.origin).hostname;

interface Deps {
  redis: Redis;
}

const challengeKey = (sql: TenantSql, brand: Brand, what: string, whose: string) =>
  tenantKey(sql.tenant, 'webauthn', brand.id, what, whose);

/** Challenges are used up by the first answer, right or wrong. */
const takeChallenge = (redis: Redis, key: string): Promise<string | null> => redis.getdel(key);

const parsed = <T>(text: string): T | undefined => {
  try {
    const value = JSON.parse(text) as { id?: unknown; response?: unknown } | null;
    return typeof value?.id === 'string' && typeof value.response === 'object' && value.response !== null
      ? (value as T)
      : undefined;
  } catch {
    return undefined;
  }
};

/** What the browser needs to offer any passkey of this host. It names nobody, so it tells nothing of accounts. */
export async function signInOptions({ redis }: Deps, sql: TenantSql, brand: Brand, signIn: string): Promise<string> {
  const options = await generateAuthenticationOptions({ rpID: rpIdOf(brand), userVerification: 'required' });
  await redis.set(challengeKey(sql, brand, 'get', signIn), options.challenge, 'EX', CHALLENGE_SECONDS);
  return JSON.stringify(options);
}

/** Whose passkey answered, or undefined: unknown key, another origin, no user verification, a counter that went back. */
export async function checkPasskey(
  { redis }: Deps,
  sql: TenantSql,
  brand: Brand,
  attempt: { signIn: string; credential: string },
): Promise<{ userId: string } | undefined> {
  const challenge = await takeChallenge(redis, challengeKey(sql, brand, 'get', attempt.signIn));
  const response = parsed<AuthenticationResponseJSON>(attempt.credential);
  const key = response && (await findPasskey(sql, rpIdOf(brand), response.id));
  if (!challenge || !key) return undefined;
  const checked = await verifyAuthenticationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: brand.origin,
    expectedRPID: key.rpId,
    requireUserVerification: true,
    credential: {
      id: key.credentialId,
      publicKey: new Uint8Array(Buffer.from(key.publicKey, 'base64url')),
      counter: Number(key.counter),
      transports: key.transports,
    },
  }).catch(() => undefined);
  if (!checked?.verified) return undefined;
  const { newCounter, credentialBackedUp } = checked.authenticationInfo;
  const noted = await notePasskeyUse(sql, key, { counter: newCounter, backedUp: credentialBackedUp });
  return noted ? { userId: key.userId } : undefined;
}

interface Person {
  id: string;
  email: string;
  name: string;
}

/** What the browser needs to make a new passkey; undefined when the person has as many as there may be. */
export async function newPasskeyOptions(
  { redis }: Deps,
  sql: TenantSql,
  brand: Brand,
  person: Person,
): Promise<Record<string, unknown> | undefined> {
  const known = await listPasskeys(sql, person.id);
  if (known.length >= MOST_PASSKEYS) return undefined;
  const options = await generateRegistrationOptions({
    rpName: brand.name,
    rpID: rpIdOf(brand),
    userID: new Uint8Array(Buffer.from(person.id)),
    userName: person.email,
    userDisplayName: person.name,
    attestationType: 'none',
    excludeCredentials: known
      .filter((key) => key.rpId === rpIdOf(brand))
      .map((key) => ({ id: key.credentialId, transports: key.transports as AuthenticatorTransport[] })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
  });
  await redis.set(challengeKey(sql, brand, 'create', person.id), options.challenge, 'EX', CHALLENGE_SECONDS);
  return options as unknown as Record<string, unknown>;
}

/** Keeps a passkey the browser made; answers its id, or undefined when the answer is not to our question. */
export async function addPasskey(
  { redis }: Deps,
  sql: TenantSql,
  brand: Brand,
  given: { userId: string; name: string; credential: string },
): Promise<string | undefined> {
  const challenge = await takeChallenge(redis, challengeKey(sql, brand, 'create', given.userId));
  const response = parsed<RegistrationResponseJSON>(given.credential);
  if (!challenge || !response) return undefined;
  const checked = await verifyRegistrationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: brand.origin,
    expectedRPID: rpIdOf(brand),
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch(() => undefined);
  if (!checked?.verified) return undefined;
  const { credential, credentialBackedUp } = checked.registrationInfo;
  const id = newId();
  const inserted = await insertPasskey(sql, {
    id,
    userId: given.userId,
    rpId: rpIdOf(brand),
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString('base64url'),
    counter: credential.counter,
    transports: credential.transports ?? [],
    backedUp: credentialBackedUp,
    name: given.name,
  });
  return inserted ? id : undefined;
}
