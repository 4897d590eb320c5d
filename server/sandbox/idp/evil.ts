import { SignJWT, UnsecuredJWT, decodeJwt, importJWK, type JWK, type JWTPayload } from 'jose';

/** Ways in which an identity provider, or somebody in its place, may answer wrongly. */
export type IdpEvil =
  | 'wrong-iss'
  | 'wrong-aud'
  | 'alg-none'
  | 'bad-signature'
  | 'hs256-with-client-secret'
  | 'no-sub'
  | 'wrong-nonce'
  | 'no-nonce'
  | 'expired'
  | 'signed-in-long-ago'
  | 'kid-absent'
  | 'kid-unknown'
  | 'no-id-token'
  | 'userinfo-of-somebody-else';

/** An ID token as the evil mode has it. */
export async function corrupt(
  evil: IdpEvil,
  idToken: string,
  key: JWK,
  clientSecret: string,
): Promise<string | undefined> {
  const { nonce, sub, ...rest } = decodeJwt(idToken);
  const whole: JWTPayload = { ...rest, nonce, ...(sub === undefined ? {} : { sub }) };
  const sign = async (claims: JWTPayload, header: { kid?: string | undefined } = { kid: key.kid }) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'RS256', ...header }).sign(await importJWK(key, 'RS256'));
  switch (evil) {
    case 'wrong-iss':
      return sign({ ...whole, iss: 'https://elsewhere.test' });
    case 'wrong-aud':
      return sign({ ...whole, aud: 'somebody-else' });
    case 'alg-none':
      return new UnsecuredJWT(whole).encode();
    case 'bad-signature': {
      const [header, payload, signature = ''] = idToken.split('.');
      const turned = [...signature].toReversed().join('');
      return `${header}.${payload}.${turned}`;
    }
    case 'hs256-with-client-secret':
      return new SignJWT(whole).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(clientSecret));
    case 'no-sub':
      return sign({ ...rest, nonce });
    case 'wrong-nonce':
      return sign({ ...whole, nonce: 'of another sign-in' });
    case 'no-nonce':
      return sign({ ...rest, ...(sub === undefined ? {} : { sub }) });
    case 'expired':
      return sign({ ...whole, iat: 1_600_000_000, exp: 1_600_000_060 });
    case 'signed-in-long-ago':
      return sign({ ...whole, auth_time: 1_600_000_000 });
    case 'kid-absent':
      return sign(whole, {});
    case 'kid-unknown':
      return sign(whole, { kid: 'nobody-knows' });
    case 'no-id-token':
      return undefined;
    case 'userinfo-of-somebody-else':
      return idToken;
  }
}
