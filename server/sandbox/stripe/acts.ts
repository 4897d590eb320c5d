import { ONBOARDING_OUTCOMES, settleOnboarding } from './accounts.ts';
import type { Context, WebhookTarget } from './context.ts';
import { idOf } from './context.ts';
import { decideDispute, openDispute, reinstateDispute } from './disputes.ts';
import { invalidParam, noSuch } from './errors.ts';
import type { Store } from './store.ts';

interface ActDeps {
  store: Store;
  targets: WebhookTarget[];
  publicUrl: string;
}
type Act = (deps: ActDeps, given: object) => unknown;

const contextOf = (deps: ActDeps, objectId: string): Context => ({
  store: deps.store,
  targets: deps.targets,
  publicUrl: deps.publicUrl,
  account: deps.store.get('account', objectId) ?? null,
  requestId: null,
  idempotencyKey: null,
});
const read = (given: object, key: string): unknown => (given as Record<string, unknown>)[key];
const readText = (given: object, key: string): string => {
  const value = read(given, key);
  return typeof value === 'string' ? value : '';
};

/** A cardholder turns to the bank: `{charge | payment_intent, reason?, amount?}`. */
const dispute: Act = (deps, given) => {
  const intent = deps.store.get('payment_intent', readText(given, 'payment_intent'));
  const id = readText(given, 'charge') || idOf(intent?.latest_charge ?? null);
  const charge = deps.store.get('charge', id);
  if (!charge) throw noSuch('charge', id);
  const kind = (['fraudulent', 'product_not_received', 'inquiry', 'general'] as const).find(
    (one) => one === (read(given, 'reason') ?? 'fraudulent'),
  );
  if (!kind) throw invalidParam('reason', 'Use fraudulent, product_not_received, general or inquiry.');
  const amount = read(given, 'amount');
  return openDispute(contextOf(deps, id), charge, { kind, ...(typeof amount === 'number' ? { amount } : {}) });
};

/** The bank's word: `{outcome: won | lost, reinstate?}`; with `reinstate: false` the money comes back by `reinstatement`. */
const decide =
  (id: string): Act =>
  (deps, given) => {
    const outcome = (['won', 'lost'] as const).find((one) => one === read(given, 'outcome'));
    if (!outcome) throw invalidParam('outcome', 'Use won or lost.');
    return decideDispute(contextOf(deps, id), id, outcome, { isReinstated: read(given, 'reinstate') !== false });
  };

/** The money of a dispute that was won arrives. */
const reinstate =
  (id: string): Act =>
  (deps) =>
    reinstateDispute(contextOf(deps, id), id);

/** How an onboarding ended, without its page: `{outcome: complete | document | restrict}`. */
const onboard =
  (id: string): Act =>
  (deps, given) => {
    const outcome = ONBOARDING_OUTCOMES.find((one) => one === read(given, 'outcome'));
    if (!outcome) throw invalidParam('outcome', `Use one of ${ONBOARDING_OUTCOMES.join(', ')}.`);
    return settleOnboarding(contextOf(deps, id), id, outcome);
  };

/** What the side door does to the sandbox's world, by path. */
export function findAct(path: string): Act | undefined {
  if (path === 'disputes') return dispute;
  const disputeId = /^disputes\/([^/]+)\/decision$/.exec(path)?.[1];
  if (disputeId) return decide(disputeId);
  const wonId = /^disputes\/([^/]+)\/reinstatement$/.exec(path)?.[1];
  if (wonId) return reinstate(wonId);
  const accountId = /^accounts\/([^/]+)\/onboarding$/.exec(path)?.[1];
  return accountId ? onboard(accountId) : undefined;
}
