import type Stripe from 'stripe';
import { formatAmount } from '../amounts.ts';
import type { Markup } from '../../html.ts';
import { html } from '../../html.ts';
import { layout } from './layout.ts';
import type { Texts } from './texts.ts';

export type FieldName = 'email' | 'cardNumber' | 'cardExpiry' | 'cardCvc' | 'billingName';
/** What the customer typed, shown again after an error; never the number or the code. */
export interface Entered {
  email: string;
  cardExpiry: string;
  billingName: string;
}
export interface Problem {
  message: string;
  field?: FieldName;
}

interface Field {
  name: FieldName;
  label: string;
  value: string;
  autocomplete: string;
  inputmode: 'numeric' | 'text' | 'email';
  placeholder: string;
  maxlength: number;
}

function renderField(field: Field, problem: Problem | null): Markup {
  const bad = problem?.field === field.name;
  const state = bad ? html` aria-invalid="true" aria-describedby="problem" autofocus` : null;
  return html`<div class="field">
    <label for="${field.name}">${field.label}</label
    ><input
      id="${field.name}"
      name="${field.name}"
      type="${field.inputmode === 'email' ? 'email' : 'text'}"
      value="${field.value}"
      autocomplete="${field.autocomplete}"
      inputmode="${field.inputmode}"
      placeholder="${field.placeholder}"
      maxlength="${field.maxlength}"
      required${state}
    />
  </div>`;
}

function renderLines(session: Stripe.Checkout.Session, texts: Texts): Markup[] {
  return (session.line_items?.data ?? []).map(
    (item) =>
      html`<li>
        <span
          >${item.description ?? ''}${(item.quantity ?? 1) > 1 ? html`<small>${texts.quantity}: ${item.quantity ?? 1}</small>` : null}</span
        ><span>${formatAmount(item.amount_total, item.currency, texts.lang)}</span>
      </li>`,
  );
}

function renderTestCards(texts: Texts): Markup {
  const rows: [string, string][] = [
    ['4242 4242 4242 4242', texts.ok],
    ['4000 0000 0000 0002', texts.declined],
    ['4000 0000 0000 9995', texts.insufficient],
    ['4000 0025 0000 3155', texts.secure],
    ['4000 0027 6000 3184', texts.secure],
  ];
  return html`<details open>
    <summary>${texts.testCards}</summary>
    <p class="hint">${texts.anyFuture}</p>
    <table>
      <tbody>
        ${rows.map(
          ([number, meaning]) =>
            html`<tr>
              <td>${number}</td>
              <th scope="row">${meaning}</th>
            </tr>`,
        )}
      </tbody>
    </table>
  </details>`;
}

/** A form for each kept card: one press pays with it. */
function renderKept(
  session: Stripe.Checkout.Session,
  kept: Stripe.PaymentMethod[],
  total: string,
  texts: Texts,
): Markup | null {
  if (kept.length === 0) return null;
  return html`<h2 id="kept">${texts.keptTitle}</h2>
    ${kept.map(({ id, card }) => {
      const name = `${(card?.brand ?? '').toUpperCase()} •••• ${card?.last4 ?? ''}`;
      return html`<form method="post" action="/c/pay/${session.id}">
        <input type="hidden" name="kept" value="${id}" />
        <button type="submit">${texts.payWith.replace('{total}', total).replace('{card}', name)}</button>
      </form>`;
    })}`;
}

/** The hosted payment page: plain forms, works without scripts. `kept` are the cards the customer had kept before. */
export function renderPaymentPage(
  session: Stripe.Checkout.Session,
  kept: Stripe.PaymentMethod[],
  texts: Texts,
  entered: Entered,
  problem: Problem | null,
): string {
  const total = formatAmount(session.amount_total ?? 0, session.currency ?? 'eur', texts.lang);
  const email: Field = {
    name: 'email',
    label: texts.email,
    value: entered.email,
    autocomplete: 'email',
    inputmode: 'email',
    placeholder: '',
    maxlength: 254,
  };
  const number: Field = {
    name: 'cardNumber',
    label: texts.number,
    value: '',
    autocomplete: 'cc-number',
    inputmode: 'numeric',
    placeholder: '4242 4242 4242 4242',
    maxlength: 23,
  };
  const expiry: Field = {
    name: 'cardExpiry',
    label: `${texts.expiry} (${texts.expiryHint})`,
    value: entered.cardExpiry,
    autocomplete: 'cc-exp',
    inputmode: 'text',
    placeholder: texts.expiryHint,
    maxlength: 9,
  };
  const cvc: Field = {
    name: 'cardCvc',
    label: texts.cvc,
    value: '',
    autocomplete: 'cc-csc',
    inputmode: 'numeric',
    placeholder: '123',
    maxlength: 4,
  };
  const name: Field = {
    name: 'billingName',
    label: texts.name,
    value: entered.billingName,
    autocomplete: 'cc-name',
    inputmode: 'text',
    placeholder: '',
    maxlength: 120,
  };
  return layout(
    texts,
    `${texts.pay} ${total}`,
    html`<main class="two">
      <section aria-labelledby="order">
        <h1 id="order">${texts.payTo}</h1>
        <p class="total">${total}</p>
        <ul class="lines">
          ${renderLines(session, texts)}
        </ul>
        ${session.cancel_url ? html`<p><a href="${session.cancel_url}">← ${texts.back}</a></p>` : null}
      </section>
      <section class="card" aria-labelledby="pay">
        ${
          problem
            ? html`<div class="problem" role="alert" id="problem">
                <h2>${texts.errorTitle}</h2>
                <p>${problem.message}</p>
              </div>`
            : null
        }
        ${renderKept(session, kept, total, texts)}
        <h2 id="pay">${kept.length > 0 ? texts.otherCard : texts.cardTitle}</h2>
        <p class="hint">${texts.required}</p>
        <form method="post" action="/c/pay/${session.id}">
          ${renderField(email, problem)}${renderField(number, problem)}
          <div class="pair">${renderField(expiry, problem)}${renderField(cvc, problem)}</div>
          ${renderField(name, problem)}
          ${
            session.saved_payment_method_options?.payment_method_save === 'enabled'
              ? html`<p>
                  <input type="checkbox" id="keep" name="keep" value="yes" /> <label for="keep">${texts.keep}</label>
                </p>`
              : null
          }
          <button type="submit">${texts.pay} ${total}</button>
        </form>
        ${renderTestCards(texts)}
      </section>
    </main>`,
  );
}

/** The pretended bank's page: the tester chooses how the authentication ends. */
export function renderChallengePage(intent: Stripe.PaymentIntent, key: string, texts: Texts): string {
  const total = formatAmount(intent.amount, intent.currency, texts.lang);
  return layout(
    texts,
    texts.challengeTitle,
    html`<main class="one">
      <div class="card">
        <h1>${texts.challengeTitle}</h1>
        <p class="total">${total}</p>
        <p>${texts.challengeText}</p>
        <form method="post" action="/3ds/${intent.id}">
          <input type="hidden" name="key" value="${key}" />
          <button type="submit" name="outcome" value="complete">${texts.complete}</button
          ><button class="plain" type="submit" name="outcome" value="fail">${texts.fail}</button>
        </form>
      </div>
    </main>`,
  );
}
