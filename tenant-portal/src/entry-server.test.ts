// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { render } from './entry-server.ts';
import { brand } from './testing/mount-portal.ts';
import type { ApiRequest, PortalState, RenderContext } from './contract.ts';

const booking = (name: string) => ({
  id: name,
  reference: 'AAAAAA',
  state: 'confirmed',
  title: `Trip of ${name}`,
  total: { amount: 100, currency: 'EUR' },
  startsOn: '2026-12-01',
  endsOn: '2026-12-02',
  createdAt: '2026-11-23T12:00:00Z',
  confirmedAt: null,
  cancelledAt: null,
  expiresAt: null,
  failureReason: null,
  brand: { id: 'b', name: 'b' },
  agency: null,
  leadName: name,
  contact: { givenName: name, familyName: 'X', email: `${name}@example.test`, phone: null },
  items: [],
  travellers: [],
  payment: null,
  documents: [],
  actions: [],
});

const LISTS = new Set(['/bookings', '/me/cards']);

function contextOf(name: string, delayMs: number, asked: ApiRequest[] = []): RenderContext {
  return {
    brand: { ...brand, name: `Brand ${name}`, agencyName: `Brand ${name}` },
    session: {
      user: { id: name, name, email: `${name}@example.test`, role: 'customer', emailVerified: true },
      csrfToken: `token-${name}`,
    },
    locale: 'en',
    nonce: 'n',
    now: '2026-11-23T12:00:00Z',
    api: async (request) => {
      asked.push(request);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      return { status: 200, body: LISTS.has(request.path) ? { data: [], next: null } : booking(name) };
    },
  };
}

describe('rendering on the server', () => {
  it('never shares state between two renders under way at once', async () => {
    const [slow, fast] = await Promise.all([
      render('/trips/AAAAAA', contextOf('ana', 40)),
      render('/trips/AAAAAA', contextOf('bea', 5)),
    ]);
    expect(slow.html).toContain('Trip of ana');
    expect(fast.html).toContain('Trip of bea');
    for (const [own, other] of [
      [slow, 'bea'],
      [fast, 'ana'],
    ] as const)
      expect(own.html + JSON.stringify(own.state) + JSON.stringify(own.head)).not.toContain(other);
  });

  it('hands what it loaded to the browser, so that nothing is asked twice', async () => {
    const asked: ApiRequest[] = [];
    const { state } = await render('/trips/AAAAAA?access=guest', contextOf('ana', 1, asked));
    expect(asked).toEqual([{ method: 'GET', path: '/bookings/AAAAAA', query: { access: 'guest' } }]);
    expect(JSON.stringify((state as PortalState).stores)).toContain('Trip of ana');
  });

  it('answers unknown pages and bookings with 404', async () => {
    expect((await render('/nowhere', contextOf('ana', 1))).status).toBe(404);
    const hidden = await render('/trips/ZZZZZZ', {
      ...contextOf('ana', 1),
      api: () => Promise.resolve({ status: 404, body: { code: 'booking.not_found', status: 404 } }),
    });
    expect([hidden.status, hidden.head.robots]).toEqual([404, 'noindex']);
  });

  it('writes no style attributes or inline handlers, which the Content-Security-Policy forbids', async () => {
    for (const url of ['/', '/?tab=hotels', '/flights', '/hotels', '/trips', '/account', '/checkout']) {
      const { html } = await render(url, contextOf('ana', 1));
      expect(html).not.toMatch(/\sstyle=|\son[a-z]+=/);
    }
  });

  it('speaks the reader’s language', async () => {
    const { html, nav } = await render('/', { ...contextOf('ana', 1), locale: 'es' });
    expect(html).toContain('¿A dónde te llevamos?');
    expect(nav.map((link) => link.label)).toEqual(['Vuelos', 'Hoteles', 'Mis viajes']);
  });
});
