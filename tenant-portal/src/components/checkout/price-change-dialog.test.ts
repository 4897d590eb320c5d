import { expect, it, vi } from 'vitest';
import { nextTick } from 'vue';
import { mountInPortal } from '../../testing/mount-portal.ts';
import PriceChangeDialog from './PriceChangeDialog.vue';

const eur = (amount: number) => ({ amount, currency: 'EUR' });

it('shows both prices, the difference and the price agreed to', async () => {
  const onAccept = vi.fn();
  const onDecline = vi.fn();
  const { element, unmount } = mountInPortal(PriceChangeDialog, {
    change: { before: eur(41890), now: eur(43390) },
    onAccept,
    onDecline,
  });
  await nextTick();
  const dialog = element.querySelector('dialog')!;
  expect(dialog.open).toBe(true);
  expect(dialog.textContent).toContain('€418.90');
  expect(dialog.textContent).toContain('€433.90');
  expect(dialog.textContent).toContain('€15.00 more');
  const [decline, accept] = dialog.querySelectorAll('button');
  expect(accept?.textContent).toBe('Go on at €433.90');
  accept?.click();
  decline?.click();
  expect([onAccept.mock.calls.length, onDecline.mock.calls.length]).toEqual([1, 1]);
  unmount();
});

it('takes Escape as a no, never as consent', async () => {
  const onAccept = vi.fn();
  const onDecline = vi.fn();
  const { element, unmount } = mountInPortal(PriceChangeDialog, {
    change: { before: eur(2), now: eur(1) },
    onAccept,
    onDecline,
  });
  await nextTick();
  element.querySelector('dialog')?.dispatchEvent(new Event('cancel', { cancelable: true }));
  expect([onAccept.mock.calls.length, onDecline.mock.calls.length]).toEqual([0, 1]);
  unmount();
});
