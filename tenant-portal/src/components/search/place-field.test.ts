import { nextTick, ref } from 'vue';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mountInPortal } from '../../testing/mount-portal.ts';
import PlaceField from './PlaceField.vue';
import type { ApiRequest } from '../../contract.ts';

const place = (code: string, kind: string, cityName: string, name: string) => ({
  code,
  kind,
  name,
  cityName,
  country: 'ES',
  countryName: 'Spain',
  latitude: 0,
  longitude: 0,
  timeZone: 'Europe/Madrid',
});
const answers = [place('MAD', 'airport', 'Madrid', 'Barajas'), place('MLN', 'airport', 'Melilla', 'Melilla')];

function open() {
  const asked: ApiRequest[] = [];
  const code = ref('');
  const mounted = mountInPortal(
    PlaceField,
    {
      id: 'from',
      name: 'from',
      label: 'From',
      initialText: '',
      modelValue: code.value,
      'onUpdate:modelValue': (value: string) => {
        code.value = value;
      },
    },
    (request) => {
      asked.push(request);
      return Promise.resolve({ status: 200, body: { data: answers } });
    },
  );
  const input = mounted.element.querySelector('input')!;
  const type = async (text: string) => {
    input.value = text;
    input.dispatchEvent(new Event('input'));
    await vi.advanceTimersByTimeAsync(200);
    await nextTick();
  };
  const press = async (key: string) => {
    input.dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true, bubbles: true }));
    await nextTick();
  };
  return { ...mounted, asked, code, input, type, press };
}

describe('the place combobox', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('asks once for what was typed in one go', async () => {
    const { asked, input, type, unmount } = open();
    input.value = 'ma';
    input.dispatchEvent(new Event('input'));
    await type('madrd');
    expect(asked.map((request) => request.query?.['query'])).toEqual(['madrd']);
    unmount();
  });

  it('is chosen from with the keyboard and says which option is active', async () => {
    const { code, input, type, press, unmount } = open();
    await type('madr');
    expect(input.getAttribute('aria-expanded')).toBe('true');
    await press('ArrowDown');
    await press('ArrowDown');
    expect(input.getAttribute('aria-activedescendant')).toBe('from-option-1');
    await press('ArrowUp');
    await press('Enter');
    expect(code.value).toBe('MAD');
    expect(input.value).toBe('Madrid, Barajas (MAD)');
    expect(input.getAttribute('aria-expanded')).toBe('false');
    unmount();
  });

  it('takes the best suggestion when the reader moves on', async () => {
    const { code, input, type, unmount } = open();
    await type('madrid');
    input.dispatchEvent(new Event('blur'));
    expect(code.value).toBe('MAD');
    unmount();
  });

  it('closes on Escape and keeps the text', async () => {
    const { input, type, press, unmount } = open();
    await type('madrid');
    await press('Escape');
    expect(input.getAttribute('aria-expanded')).toBe('false');
    expect(input.value).toBe('madrid');
    unmount();
  });

  it('takes a code typed without choosing', async () => {
    const { code, type, unmount } = open();
    await type('mad');
    expect(code.value).toBe('MAD');
    unmount();
  });
});
