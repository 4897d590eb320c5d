// Ties a form with data-passkey ("get" or "create") to the browser's passkeys. Without this script the forms work by password.
(() => {
  const { browserSupportsWebAuthn, browserSupportsWebAuthnAutofill, startAuthentication, startRegistration } =
    globalThis.SimpleWebAuthnBrowser;
  const form = document.querySelector('form[data-passkey]');
  const button = document.querySelector('[data-passkey-button]');
  if (!form || !button || !browserSupportsWebAuthn()) return;
  const optionsJSON = JSON.parse(form.dataset.options);
  const fault = document.querySelector('[data-passkey-fault]');
  document.querySelector('[data-passkey-offer]').hidden = false;

  function send(credential) {
    const input = document.createElement('input');
    input.type = 'hidden';
    input.name = 'credential';
    input.value = JSON.stringify(credential);
    form.append(input);
    form.submit();
  }
  async function ask(work) {
    fault.hidden = true;
    try {
      send(await work());
    } catch (error) {
      // The person closed the browser's question, or another one replaced it.
      if (error.name !== 'AbortError' && error.code !== 'ERROR_CEREMONY_ABORTED') fault.hidden = false;
    }
  }

  const creates = form.dataset.passkey === 'create';
  const start = creates
    ? () => ask(() => startRegistration({ optionsJSON }))
    : () => ask(() => startAuthentication({ optionsJSON }));
  button.addEventListener('click', (event) => {
    event.preventDefault();
    if (!creates || form.reportValidity()) void start();
  });
  if (!creates && form.dataset.autofill)
    void browserSupportsWebAuthnAutofill().then((able) => {
      if (able) startAuthentication({ optionsJSON, useBrowserAutofill: true }).then(send, () => undefined);
    });
})();
