import { expect, it } from 'vitest';
import { createAttempt } from './attempt.ts';
import { createApiClient } from './client.ts';
import { ApiProblem, isLostAnswer, UNREACHABLE } from './problem.ts';

it('keeps the idempotency key while the same booking is sent again, and only then', () => {
  let made = 0;
  const attempt = createAttempt(() => `key-${(made += 1)}`);
  const first = attempt.keyFor({ a: 1 });
  expect(attempt.keyFor({ a: 1 })).toBe(first);
  expect(attempt.keyFor({ a: 2 })).not.toBe(first);
  attempt.settle();
  expect(attempt.keyFor({ a: 2 })).toBe('key-3');
});

it('turns problem answers into typed problems with sentences by field', async () => {
  const api = createApiClient(() =>
    Promise.resolve({
      status: 422,
      body: {
        code: 'validation',
        status: 422,
        errors: [{ pointer: '/contact/email', code: 'email', detail: 'Not an address.' }],
      },
    }),
  );
  const problem = await api.readBooking('ABC123').catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(ApiProblem);
  expect((problem as ApiProblem).fields).toEqual({ '/contact/email': 'Not an address.' });
});

it('tells a lost answer from a refusal', async () => {
  const api = createApiClient(() => Promise.reject(new TypeError('fetch failed')));
  const problem = await api.findPlaces('mad').catch((error: unknown) => error as ApiProblem);
  expect((problem as ApiProblem).code).toBe(UNREACHABLE);
  expect(isLostAnswer((problem as ApiProblem).body)).toBe(true);
  expect(isLostAnswer({ status: 409, code: 'offer.expired' })).toBe(false);
});
