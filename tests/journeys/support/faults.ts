import type { BrowserContext } from 'playwright-core';

export interface Faults {
  /** Announces that the server will refuse something in this journey, and why that is right. */
  expectRefusal(status: number, path: RegExp): void;
  /** Announces that the page policy will stop something that the journey plants. */
  expectViolations(): void;
  list(): string[];
}

/**
 * Notes everything the pages of a browser report: console errors (violations of the content security policy are among
 * them), uncaught errors, failed requests and answers of 400 or more.
 */
export function watchFaults(context: BrowserContext): Faults {
  const faults: string[] = [];
  const expected: Array<{ status: number; path: RegExp }> = [];
  let violationsExpected = false;
  const isExpected = (status: number, url: string) =>
    expected.some((each) => each.status === status && each.path.test(new URL(url).pathname));
  context.on('weberror', (event) => faults.push(`uncaught: ${event.error().stack ?? event.error().message}`));
  context.on('console', (message) => {
    // Refused requests are noted from their answers, with the method and the address.
    if (message.type() !== 'error' || message.text().startsWith('Failed to load resource')) return;
    if (violationsExpected && /Content Security Policy|TrustedHTML|TrustedScript/.test(message.text())) return;
    faults.push(`console: ${message.text()} (${message.location().url})`);
  });
  context.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // A page that is left drops what it was still asking for; a download leaves the page it began on.
    if (reason !== 'net::ERR_ABORTED') faults.push(`${request.method()} ${request.url()}: ${reason}`);
  });
  context.on('response', (response) => {
    const status = response.status();
    if (status < 400 || isExpected(status, response.url())) return;
    faults.push(`${response.request().method()} ${response.url()}: ${status}`);
  });
  return {
    expectRefusal: (status, path) => void expected.push({ status, path }),
    expectViolations: () => void (violationsExpected = true),
    list: () => faults,
  };
}
