/** What a person does on the sandbox's hosted payment page: types a card and presses Pay. The answer's status: 303 when it was taken. */
export async function payOnPage(pageUrl: string, fields: Record<string, string> = {}): Promise<number> {
  const body = new URLSearchParams({
    email: 'payer@page.test',
    cardNumber: '4242424242424242',
    cardExpiry: '12 / 31',
    cardCvc: '123',
    billingName: 'Clara Vidal',
    ...fields,
  });
  return (await fetch(pageUrl, { method: 'POST', redirect: 'manual', body })).status;
}
