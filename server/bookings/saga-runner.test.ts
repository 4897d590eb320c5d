import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { json, q } from '../kernel/database/builder.ts';
import { newId } from '../kernel/ids.ts';
import { RetryLater } from '../kernel/outbox/consumers.ts';
import { createLogger } from '../kernel/logging/logger.ts';
import { createTestWorld, type TestWorld } from '../testing/index.ts';
import { findSaga, insertSaga, listSteps } from './saga-repository.ts';
import { runSaga, type SagaDefinition, type SagaStep, type StepOutcome, type StepRun } from './saga-runner.ts';

let world: TestWorld;
let site: Awaited<ReturnType<TestWorld['createTenant']>>;
let calls: string[];
beforeAll(async () => {
  world = await createTestWorld();
  site = await world.createTenant();
});
afterAll(() => world?.close());
beforeEach(() => (calls = []));

type Work = (run: StepRun) => StepOutcome | Promise<StepOutcome>;
const done: Work = () => ({ kind: 'done' });

/** A step that notes its calls. */
function step(id: string, forward: Work = done, compensate: Work | null = done): SagaStep {
  const noted = (name: string, work: Work) => async (run: StepRun) => {
    calls.push(name);
    return work(run);
  };
  return { id, forward: noted(id, forward), ...(compensate ? { compensate: noted(`undo ${id}`, compensate) } : {}) };
}
const define = (...steps: SagaStep[]): SagaDefinition => ({
  kind: 'test',
  steps,
  onCompensated: async (_, reason) => void calls.push(`compensated: ${reason}`),
  onParked: async (_, reason) => void calls.push(`parked: ${reason}`),
});

async function newSaga(first: string): Promise<string> {
  const id = newId();
  const booking = {
    id,
    reference: newId().replaceAll('-', '').slice(-6).toUpperCase(),
    state: 'pending',
    brand_id: site.brand.id,
    agency_path: '/',
    title: 'Test',
    lead_name: 'Clara Vidal',
    lead_surname: 'vidal',
    contact: json({}),
    locale: 'en',
    currency: 'EUR',
    total_minor: 100,
    payment_method: 'card',
    starts_on: '2027-01-01',
    ends_on: '2027-01-02',
  };
  await site.sql.run(q('bookings').insert(booking));
  await insertSaga(site.sql, { id, bookingId: id, kind: 'test', step: first });
  return id;
}
const run = (definition: SagaDefinition, id: string) =>
  runSaga(
    { database: world.database, log: createLogger({ level: 'silent', role: 'test' }) },
    definition,
    site.tenant,
    id,
  );

describe('a saga', () => {
  it('runs its steps in order, once, and a second run does nothing', async () => {
    const definition = define(step('one'), step('two'), step('three'));
    const id = await newSaga('one');
    await run(definition, id);
    await run(definition, id);
    expect(calls).toEqual(['one', 'two', 'three']);
    expect((await findSaga(site.sql, id))!.state).toBe('done');
  });

  it('waits when a step waits, and goes on from there', async () => {
    let ready = false;
    const seen: unknown[] = [];
    const waiting = step('two', ({ earlier }) => {
      seen.push(earlier?.output ?? null);
      return ready ? { kind: 'done' } : { kind: 'wait', seconds: 7, why: 'not yet', output: { looked: 1 } };
    });
    const definition = define(step('one'), waiting, step('three'));
    const id = await newSaga('one');
    const error = await run(definition, id).catch((fault: unknown) => fault);
    expect(error).toBeInstanceOf(RetryLater);
    expect((error as RetryLater).seconds).toBe(7);
    ready = true;
    await run(definition, id);
    expect(calls).toEqual(['one', 'two', 'two', 'three']);
    expect(seen).toEqual([null, { looked: 1 }]);
  });

  it('undoes from the failed step backwards, skips what has no undo, and says why it ended', async () => {
    const definition = define(
      step('one'),
      step('two', done, null),
      step('three', () => ({ kind: 'fail', reason: 'sold out' })),
      step('four'),
    );
    const id = await newSaga('one');
    await run(definition, id);
    expect(calls).toEqual(['one', 'two', 'three', 'undo three', 'undo one', 'compensated: sold out']);
    expect((await findSaga(site.sql, id))!.state).toBe('compensated');
    await run(definition, id);
    expect(calls).toHaveLength(6);
  });

  it('goes on undoing where an undo waited', async () => {
    let released = false;
    const slow = step('two', done, () =>
      released ? { kind: 'done' } : { kind: 'wait', seconds: 3, why: 'still cancelling' },
    );
    const definition = define(
      step('one'),
      slow,
      step('three', () => ({ kind: 'fail', reason: 'no' }), null),
    );
    const id = await newSaga('one');
    await expect(run(definition, id)).rejects.toBeInstanceOf(RetryLater);
    released = true;
    await run(definition, id);
    expect(calls).toEqual(['one', 'two', 'three', 'undo two', 'undo two', 'undo one', 'compensated: no']);
  });

  it('is parked by a step that asks for a person, and stays so', async () => {
    const definition = define(
      step('one', () => ({ kind: 'park', reason: 'nobody knows' })),
      step('two'),
    );
    const id = await newSaga('one');
    await run(definition, id);
    await run(definition, id);
    expect(calls).toEqual(['one', 'parked: nobody knows']);
    expect((await findSaga(site.sql, id))!.state).toBe('parked');
  });

  it('throws a fault on for another try, and is parked at the twelfth', async () => {
    const definition = define(
      step('one', () => Promise.reject(new Error('broken'))),
      step('two'),
    );
    const id = await newSaga('one');
    for (let fault = 1; fault < 12; fault += 1) await expect(run(definition, id)).rejects.toThrow('broken');
    await run(definition, id);
    expect(calls.filter((call) => call === 'one')).toHaveLength(12);
    expect(calls.at(-1)).toBe('parked: one: broken');
  });

  it('forgets faults once the step succeeds', async () => {
    let faults = 0;
    const definition = define(
      step('one', () =>
        (faults += 1) < 3 ? Promise.reject(new Error('flaky')) : { kind: 'done', output: { ok: true } },
      ),
      step('two'),
    );
    const id = await newSaga('one');
    await expect(run(definition, id)).rejects.toThrow('flaky');
    await expect(run(definition, id)).rejects.toThrow('flaky');
    await run(definition, id);
    expect(calls).toEqual(['one', 'one', 'one', 'two']);
    expect((await listSteps(site.sql, id)).find((one) => one.step === 'one')).toMatchObject({
      state: 'done',
      attempts: 3,
      output: { ok: true },
      error: null,
    });
  });

  it('tells a step that an earlier attempt died in the middle', async () => {
    const seen: unknown[] = [];
    const definition = define(step('one', ({ earlier }) => (seen.push(earlier?.state), { kind: 'done' })));
    const id = await newSaga('one');
    await site.sql.run(q('saga_steps').insert({ saga_id: id, step: 'one', direction: 'forward', state: 'started' }));
    await run(definition, id);
    expect(seen).toEqual(['started']);
  });

  it('does not repeat a step that was done when the process died before it moved on', async () => {
    const definition = define(step('one'), step('two'));
    const id = await newSaga('one');
    await site.sql.run(q('saga_steps').insert({ saga_id: id, step: 'one', direction: 'forward', state: 'done' }));
    await run(definition, id);
    expect(calls).toEqual(['two']);
  });
});
