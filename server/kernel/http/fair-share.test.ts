import { describe, expect, it } from 'vitest';
import { createFairShare } from './fair-share.ts';

const gate = () => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
};
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a share of the process', () => {
  it('I60 lets another owner run at once while one fills its own line', async () => {
    const share = createFairShare({ atOnce: 2, waiting: 3, waitMs: 5000 });
    const { opened, open } = gate();
    const order: string[] = [];
    const noisy = Array.from({ length: 5 }, (_, n) =>
      share.run('a', () => {
        order.push(`a${n}`);
        return opened;
      }),
    );
    await expect(share.run('a', () => opened)).rejects.toMatchObject({ code: 'request.too_many', status: 429 });
    await share.run('b', async () => void order.push('b'));
    expect(order).toEqual(['a0', 'a1', 'b']);
    open();
    await Promise.all(noisy);
    expect(order).toEqual(['a0', 'a1', 'b', 'a2', 'a3', 'a4']);
  });

  it('is handed on in the order of the line, also by work that fails', async () => {
    const share = createFairShare({ atOnce: 1, waiting: 9, waitMs: 5000 });
    const { opened, open } = gate();
    const order: number[] = [];
    const failing = share.run('a', async () => {
      await opened;
      throw new Error('broken');
    });
    const next = [1, 2].map((n) => share.run('a', async () => void order.push(n)));
    open();
    await expect(failing).rejects.toThrow('broken');
    // Comes when the line has begun to move.
    const last = share.run('a', async () => void order.push(3));
    await Promise.all([...next, last]);
    expect(order).toEqual([1, 2, 3]);
  });

  it('refuses who waited too long, and loses no place by it', async () => {
    const share = createFairShare({ atOnce: 1, waiting: 9, waitMs: 5 });
    const { opened, open } = gate();
    const running = share.run('a', () => opened);
    await expect(share.run('a', () => Promise.resolve())).rejects.toMatchObject({ status: 429 });
    open();
    await running;
    await turn();
    expect(await share.run('a', () => Promise.resolve('done'))).toBe('done');
  });
});
