import { Agent, request } from 'node:http';
import fc from 'fast-check';
import { findThings, SHARED } from '../isolation/support/fixtures.ts';
import {
  createIsolationWorld,
  openCallers,
  ROLES,
  type IsolationWorld,
  type TestTenant,
} from '../isolation/support/world.ts';
import { arbitraryRequest, type FuzzRequest, type Ids } from './arbitrary-request.ts';

const SLOWEST_MS = 5000;
/** So often the callers are looked after: their sessions may have been ended by a request of their own. */
const CARE_EVERY = 100;

export interface FuzzReport {
  requests: number;
  byStatus: Record<string, number>;
  slowestMs: number;
  /** Empty when nothing was found; else the shrunk request, what was wrong and how to run it again. */
  failure: string;
}

interface Answer {
  status: number;
  type: string;
  /** Status, headers and body as text. */
  whole: string;
}

/**
 * Sends random requests over the contract of the running product and holds each answer to four promises: no fault of ours (5xx), an
 * answer in time, a problem document for every refusal, and nothing of another tenant.
 * @param options.seed the same seed sends the same requests
 */
export async function runFuzz(options: { runs: number; seed: number }): Promise<FuzzReport> {
  const world = await createIsolationWorld();
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const byStatus: Record<string, number> = {};
  let [requests, slowestMs] = [0, 0];
  try {
    const { own, foreign, contract } = world;
    let callers = headersOf(own);
    const ids = await collectIds(world);
    const markers = await world.markersOf(foreign);
    world.logs.length = 0;

    const sent: string[] = [];
    const promise = async (fuzz: FuzzRequest): Promise<void> => {
      requests += 1;
      if (requests % CARE_EVERY === 0) callers = await lookAfter(world, callers);
      const started = performance.now();
      const answer = await send(world.port, agent, fuzz, callers[fuzz.caller] ?? {});
      slowestMs = Math.max(slowestMs, performance.now() - started);
      byStatus[answer.status] = (byStatus[answer.status] ?? 0) + 1;
      if (answer.status >= 500) throw new Error(`A fault of ours: ${answer.whole.slice(0, 500)}\n${lastFault(world)}`);
      // 431 is Node's, before there is a request.
      if (
        answer.status >= 400 &&
        answer.status !== 431 &&
        fuzz.method !== 'HEAD' &&
        !answer.type.startsWith('application/problem+json')
      )
        throw new Error(`A refusal that is no problem document: ${answer.whole.slice(0, 300)}`);
      // An id this tenant's own callers once sent is no news to it: its audit log tells of it.
      sent.push(...markers.foundIn(JSON.stringify(fuzz)));
      const crossed = markers.foundIn(answer.whole, sent.join(' '));
      if (crossed.length > 0) throw new Error(`Of the other tenant: ${crossed.join(', ')}`);
    };
    const property = fc.asyncProperty(arbitraryRequest(contract, ROLES.length, ids), promise);
    const result = await fc.check(property, { numRuns: options.runs, seed: options.seed });
    if ('isAdmin' in Object.prototype) throw new Error('A prototype was changed');
    return {
      requests,
      byStatus,
      slowestMs,
      failure: result.failed
        ? `${String(result.errorInstance)}
${fc.defaultReportMessage(result) ?? ''}`
        : '',
    };
  } finally {
    agent.destroy();
    await world.close();
  }
}

/** What each caller sends to say who it is, and to which host. */
const headersOf = (tenant: TestTenant): Array<Record<string, string>> =>
  ROLES.map((role) => {
    const { host, caller } = tenant.callers[role];
    return { host, ...caller };
  });

/** Gives everybody new points, and new callers where one was locked out or signed out by what the run did. */
async function lookAfter(
  world: IsolationWorld,
  callers: Array<Record<string, string>>,
): Promise<Array<Record<string, string>>> {
  await world.forgetRates();
  const alive = await Promise.all(
    ROLES.map(async (role) => role === 'anonymous' || (await world.own.callers[role].get('/me')).status === 200),
  );
  if (alive.every(Boolean)) return callers;
  world.own.callers = await openCallers(world, world.own.site, world.own.sibling);
  return headersOf(world.own);
}

/** Things of both tenants by collection; of the own one none that a caller stands on: an agency it belongs to, its client, its account. */
async function collectIds(world: IsolationWorld): Promise<Ids> {
  const { own, foreign, contract } = world;
  const inUse = new Set<string>();
  for (const role of ROLES.slice(1)) {
    const { id, agencyId } = (await own.callers[role].get('/me')).body as { id: string; agencyId: string | null };
    inUse.add(id).add(agencyId ?? '');
  }
  const ids: { own: Record<string, string[]>; foreign: Record<string, string[]> } = { own: {}, foreign: {} };
  for (const operation of contract.operations) {
    const { collection } = operation;
    if (!collection || collection in SHARED || collection in ids.own) continue;
    const ours = (await findThings(contract, own, operation)).ids.filter((id) => !inUse.has(id));
    ids.own[collection] = ours.slice(0, 6);
    ids.foreign[collection] = (await findThings(contract, foreign, operation)).ids.slice(0, 2);
  }
  return ids;
}

const lastFault = (world: IsolationWorld): string => world.logs.filter((line) => line.includes('"error"')).at(-1) ?? '';

function send(port: number, agent: Agent, fuzz: FuzzRequest, caller: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const body = Buffer.from(fuzz.body ?? '');
    // Node would send the body of a GET without saying how long it is.
    const length = fuzz.body === undefined ? {} : { 'content-length': String(body.length) };
    const headers = { ...fuzz.headers, ...length, ...caller };
    const call = request(
      { port, host: '127.0.0.1', agent, method: fuzz.method, path: fuzz.target, headers },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          const text = Buffer.concat(parts).toString('utf8');
          resolve({
            status,
            type: String(response.headers['content-type'] ?? ''),
            whole: `${status} ${JSON.stringify(response.headers)}\n${text}`,
          });
        });
      },
    );
    call.setTimeout(SLOWEST_MS, () => call.destroy(new Error(`No answer within ${SLOWEST_MS} ms`)));
    call.on('error', reject);
    call.end(body);
  });
}
