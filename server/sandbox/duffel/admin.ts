import type { SandboxContext } from './context.ts';
import { notFound } from './envelope.ts';
import { parseFault } from './faults.ts';
import { presentOrder } from './order-view.ts';
import { routes } from './routes.ts';

/** The sandbox's own controls under /__sandbox; they exist on no real supplier and ask for no token. */
export function handleAdmin(
  ctx: SandboxContext,
  counts: Map<string, number>,
  method: string,
  pathname: string,
  body: unknown,
): { status: number; body: unknown } {
  const action = `${method} ${pathname.replace(/\/+$/, '')}`;
  switch (action) {
    case 'GET /__sandbox/health':
      return { status: 200, body: { status: 'ok', sandbox: true } };
    case 'POST /__sandbox/faults':
      ctx.faults.add(
        parseFault(
          body,
          routes.map((route) => route.operation),
        ),
      );
      return { status: 201, body: { faults: ctx.faults.list() } };
    case 'GET /__sandbox/faults':
      return { status: 200, body: { faults: ctx.faults.list() } };
    case 'DELETE /__sandbox/faults':
      ctx.faults.clear();
      return { status: 200, body: { faults: [] } };
    case 'GET /__sandbox/orders': {
      const orders = ctx.store.list('orders').map((record) => presentOrder(ctx, record));
      return { status: 200, body: { count: orders.length, orders } };
    }
    case 'GET /__sandbox/bookings': {
      const bookings = ctx.store.list('stays_bookings').map((record) => record.booking);
      return { status: 200, body: { count: bookings.length, bookings } };
    }
    case 'GET /__sandbox/requests':
      return {
        status: 200,
        body: {
          total: [...counts.values()].reduce((sum, count) => sum + count, 0),
          operations: Object.fromEntries([...counts].sort()),
        },
      };
    default:
      throw notFound('sandbox control');
  }
}
