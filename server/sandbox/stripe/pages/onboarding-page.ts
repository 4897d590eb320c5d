import type { IncomingMessage, ServerResponse } from 'node:http';
import type Stripe from 'stripe';
import { html } from '../../html.ts';
import { findLiveLink } from '../account-links.ts';
import { ONBOARDING_OUTCOMES, settleOnboarding } from '../accounts.ts';
import type { ApiDeps } from '../api.ts';
import { originOf, readBody, redirect, sendPage } from '../http.ts';
import { layout, noticePage } from './layout.ts';
import { onboardingTexts } from './onboarding-texts.ts';
import type { Texts } from './texts.ts';

function render(account: Stripe.Account, texts: Texts): string {
  const words = onboardingTexts(texts.lang);
  const choice = (outcome: string, label: string) =>
    html`<p><button name="outcome" value="${outcome}">${label}</button></p>`;
  return layout(
    texts,
    words.title,
    html`<main class="one">
      <div class="card">
        <h1>${words.title}</h1>
        <p>${words.lead}</p>
        <dl>
          <dt>${words.account}</dt>
          <dd>${account.business_profile?.name ?? account.email ?? account.id}</dd>
          <dt>${words.country}</dt>
          <dd>${account.country ?? ''}</dd>
        </dl>
        <form method="post">
          ${choice('complete', words.complete)} ${choice('document', words.document)} ${choice('later', words.later)}
        </form>
      </div>
    </main>`,
  );
}

/**
 * The hosted page where the owner of a connected account would give name, bank account and papers. The sandbox asks for none: one chooses
 * how it ends. A link that was used or is too old leads back to where a new one is made.
 */
export async function answerOnboarding(
  page: { deps: ApiDeps; request: IncomingMessage; response: ServerResponse; texts: Texts },
  linkId: string,
): Promise<void> {
  const { deps, request, response, texts } = page;
  const found = findLiveLink(deps.store, linkId);
  const account = found && deps.store.get('connected_account', found.link.account);
  if (!found || !account) return sendPage(response, 404, noticePage(texts, texts.missingTitle, texts.missingText));
  const { link, isLive } = found;
  const form = request.method === 'POST' ? new URLSearchParams(await readBody(request)) : null;
  if (!isLive) return redirect(response, form ? link.returnUrl : link.refreshUrl);
  if (!form) return sendPage(response, 200, render(account, texts), originOf(link.returnUrl));
  const outcome = ONBOARDING_OUTCOMES.find((one) => one === form.get('outcome'));
  deps.store.transact(() => {
    deps.store.put('account_link', link.id, { ...link, isUsed: true });
    if (outcome === undefined) return;
    const ctx = { ...deps, account: null, requestId: null, idempotencyKey: null };
    settleOnboarding(ctx, account.id, outcome);
  });
  deps.onChange();
  redirect(response, link.returnUrl);
}
