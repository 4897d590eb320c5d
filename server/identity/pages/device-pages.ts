import type { Client, KoaContextWithOIDC } from 'oidc-provider';
import type { IssuerPages } from '../issuer/configuration.ts';
import type { Pages } from './page.ts';

const ACTION = '/oidc/device';
/** The provider's own names of what can be wrong with a code. */
const FAULTS: Record<string, string> = {
  NoCodeError: 'required',
  NotFoundError: 'user_code_unknown',
  ExpiredError: 'user_code_expired',
  AlreadyUsedError: 'user_code_used',
};

const secretOf = (form: string): string => /name="xsrf" value="([^"]+)"/.exec(form)?.[1] ?? '';

/** Where a person connects a device that has no browser (RFC 8628, 3.3): type the code, say that it is one's own, done. No script is needed. */
export function createDevicePages(pages: Pages): Pick<IssuerPages, 'askUserCode' | 'confirmDevice' | 'deviceSignedIn'> {
  return {
    askUserCode(ctx, form, _out, fault) {
      const scope = pages.scopeOf(ctx);
      const typed = (fault as { userCode?: string } | undefined)?.userCode ?? prefilled(ctx);
      const code = fault && FAULTS[fault.name];
      const whole = fault && !code ? { formError: fault.name === 'AbortedError' ? 'device_refused' : 'csrf' } : {};
      pages.draw(
        ctx,
        scope,
        'device-code',
        {
          action: ACTION,
          csrfToken: '',
          hidden: { xsrf: secretOf(form) },
          values: { userCode: typed },
          ...(code ? { errors: { user_code: code } } : {}),
          ...whole,
        },
        fault ? 400 : 200,
      );
    },
    confirmDevice(ctx: KoaContextWithOIDC, form: string, client: Client, _device: unknown, userCode: string) {
      pages.draw(ctx, pages.scopeOf(ctx), 'device-confirm', {
        action: ACTION,
        csrfToken: '',
        hidden: { xsrf: secretOf(form), user_code: userCode },
        clientName: client.clientName ?? client.clientId,
        userCode,
      });
    },
    deviceSignedIn(ctx) {
      const { client } = ctx.oidc;
      pages.draw(ctx, pages.scopeOf(ctx), 'device-done', { clientName: client?.clientName ?? '' });
    },
  };
}

const PREFILL = Symbol('user code');

/** Keeps the code of a link that a device shows (RFC 8628, 3.3.1), to be looked at before it is sent: it may come from anybody. */
export function keepUserCode(req: object, code: unknown): void {
  if (typeof code === 'string' && /^[A-Za-z0-9-]{1,20}$/.test(code)) Object.assign(req, { [PREFILL]: code });
}

const prefilled = (ctx: KoaContextWithOIDC): string => (ctx.req as { [PREFILL]?: string })[PREFILL] ?? '';
