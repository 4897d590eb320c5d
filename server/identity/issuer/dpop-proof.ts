import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify, type JWK } from 'jose';
import type { TenantRef } from '../../kernel/database/sql.ts';
import { digest } from '../../kernel/crypto/vault.ts';
import { tenantKey, type Redis } from '../../kernel/redis.ts';

/** How old a proof may be, and how far a client's clock may go ahead. Its id is remembered for as long as it would be taken. */
const MAX_AGE_SECONDS = 60;
const AHEAD_SECONDS = 10;

export interface ProvenRequest {
  readonly method: string;
  /** Address without query and fragment, made of the brand's stored origin. */
  readonly url: string;
  readonly accessToken: string;
  /** Thumbprint that the access token is bound to (`cnf.jkt`). */
  readonly thumbprint: string;
}

/**
 * Whether a DPoP proof (RFC 9449, 4.3) shows that the sender of this very request holds the key its access token is bound to. Each proof is
 * good for one request.
 */
export async function isProven(
  deps: { redis: Redis; tenant: TenantRef },
  proof: string,
  request: ProvenRequest,
): Promise<boolean> {
  if (!proof || proof.length > 4096 || proof.includes(',')) return false;
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      algorithms: ['ES256', 'EdDSA'],
      typ: 'dpop+jwt',
      requiredClaims: ['jti', 'htm', 'htu', 'iat', 'ath'],
    });
    const { jti, htm, htu, iat = 0, ath } = payload;
    const age = Math.floor(Date.now() / 1000) - iat;
    if (age > MAX_AGE_SECONDS || age < -AHEAD_SECONDS) return false;
    if (htm !== request.method || !isSameAddress(htu, request.url)) return false;
    if (ath !== createHash('sha256').update(request.accessToken).digest('base64url')) return false;
    if ((await calculateJwkThumbprint(protectedHeader.jwk as JWK)) !== request.thumbprint) return false;
    const seen = tenantKey(deps.tenant, 'dpop', digest(`${request.thumbprint} ${String(jti)}`));
    return (await deps.redis.set(seen, '1', 'EX', MAX_AGE_SECONDS + AHEAD_SECONDS, 'NX')) === 'OK';
  } catch (error) {
    if (isOurFault(error)) throw error;
    return false;
  }
}

/** Faults of jose are the sender's; anything else (Redis away) is not an answer about the proof. */
const isOurFault = (error: unknown): boolean =>
  !(error instanceof TypeError) && !(error as { code?: string }).code?.startsWith('ERR_J');

function isSameAddress(claim: unknown, url: string): boolean {
  if (typeof claim !== 'string' || !URL.canParse(claim)) return false;
  const { origin, pathname } = new URL(claim);
  return `${origin}${pathname}` === url;
}
