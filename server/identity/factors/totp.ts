import { generateSecret, generateURI, verify } from 'otplib';
import { toDataURL } from 'qrcode';

/** A code of the step before or after is taken too: clocks differ, and people type (RFC 6238, section 5.2). */
const STEP_SECONDS = 30;
export const TOTP_CODE = /^\d{6}$/;

/** A new secret in base32, 160 bits (RFC 4226, section 4). */
export const newTotpSecret = (): string => generateSecret({ length: 20 });

/**
 * The time step a code belongs to, or undefined for a wrong one or one that is not newer than the last that was used.
 * @param now UTC
 */
export async function stepOfCode(secret: string, code: string, now: Date, lastStep = 0): Promise<number | undefined> {
  if (!TOTP_CODE.test(code)) return undefined;
  const epoch = Math.floor(now.getTime() / 1000);
  const result = await verify({ secret, token: code, epoch, epochTolerance: STEP_SECONDS });
  const step = result.valid ? Math.floor(epoch / STEP_SECONDS) + result.delta : 0;
  return step > lastStep ? step : undefined;
}

/** The secret as authenticator apps take it: a picture to scan, and in groups of four to type. */
export async function presentSecret(
  secret: string,
  account: { brand: string; email: string },
): Promise<{ picture: string; text: string }> {
  const uri = generateURI({ secret, issuer: account.brand, label: account.email });
  const picture = await toDataURL(uri, { errorCorrectionLevel: 'M', margin: 2, width: 208 });
  return { picture, text: (secret.match(/.{1,4}/g) ?? []).join(' ') };
}
