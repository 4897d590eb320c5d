import type { Context } from 'koa';
import { digest } from '../../kernel/crypto/vault.ts';
import { q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { Brand } from '../../kernel/http/context.ts';
import { newSecret } from '../../kernel/ids.ts';
import { hostCookie, readCookie, writeCookie } from '../portal/cookies.ts';

const DEVICE_COOKIE = 'portolan_device';
const YEAR_SECONDS = 365 * 86_400;
/** Browsers remembered of one person; the one not seen for longest goes. */
const MOST_DEVICES = 30;

const cookieOf = (ctx: Context, brand: Brand): string | undefined => {
  const value = readCookie(ctx, hostCookie(DEVICE_COOKIE, brand.origin));
  return value?.length === 43 ? value : undefined;
};
/** Of each person another: two accounts used in one browser cannot be linked by it. */
const hashOf = (userId: string, cookie: string): string => digest(`${userId}:${cookie}`);

/** The browser's name for this person, when the person has signed in with it before. */
export async function knownDevice(
  sql: TenantSql,
  ctx: Context,
  brand: Brand,
  userId: string,
): Promise<string | undefined> {
  const cookie = cookieOf(ctx, brand);
  if (!cookie) return undefined;
  const hash = hashOf(userId, cookie);
  const row = await sql.one<object>(
    q('user_devices').where({ user_id: userId, device_hash: hash }).select('device_hash'),
  );
  return row ? hash : undefined;
}

/** Remembers the browser of a completed sign-in. `new` means that the person is known by other browsers and not by this one. */
export async function rememberDevice(
  sql: TenantSql,
  ctx: Context,
  brand: Brand,
  userId: string,
): Promise<'known' | 'first' | 'new'> {
  const cookie = cookieOf(ctx, brand) ?? newSecret();
  writeCookie(ctx, hostCookie(DEVICE_COOKIE, brand.origin), cookie, { origin: brand.origin, maxAge: YEAR_SECONDS });
  const device = { user_id: userId, device_hash: hashOf(userId, cookie) };
  const seen = await sql.run(q('user_devices').where(device).update({ last_seen_at: q.fn.now() }));
  if (seen === 1) return 'known';
  const others = await sql.all<{ hash: string }>(
    q('user_devices').where({ user_id: userId }).orderBy('last_seen_at', 'desc').select({ hash: 'device_hash' }),
  );
  await sql.run(q('user_devices').insert(device).onConflict(['user_id', 'device_hash']).ignore());
  const surplus = others.slice(MOST_DEVICES - 1).map((row) => row.hash);
  if (surplus.length > 0)
    await sql.run(q('user_devices').where({ user_id: userId }).whereIn('device_hash', surplus).delete());
  return others.length === 0 ? 'first' : 'new';
}

/** What a person calls a browser: "Firefox on Windows", from its User-Agent; never more than a hint. */
export function describeBrowser(userAgent: string): string {
  const first = (names: ReadonlyArray<readonly [RegExp, string]>) =>
    names.find(([pattern]) => pattern.test(userAgent))?.[1];
  const browser = first([
    [/Edg(A|iOS)?\//, 'Edge'],
    [/OPR\//, 'Opera'],
    [/Firefox\/|FxiOS/, 'Firefox'],
    [/Chrome\/|CriOS/, 'Chrome'],
    [/Safari\//, 'Safari'],
  ]);
  const system = first([
    [/iPhone/, 'iPhone'],
    [/iPad/, 'iPad'],
    [/Android/, 'Android'],
    [/Windows/, 'Windows'],
    [/Mac OS X/, 'Mac'],
    [/CrOS/, 'ChromeOS'],
    [/Linux/, 'Linux'],
  ]);
  return [browser, system].filter(Boolean).join(' · ') || userAgent.slice(0, 40) || '–';
}
