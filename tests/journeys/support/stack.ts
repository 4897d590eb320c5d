import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { inject } from 'vitest';

/** What the journeys know of the Portolan that was started for them. */
export interface StackFacts {
  environment: Record<string, string>;
  dataFolder: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    stack: StackFacts;
  }
}

const { environment, dataFolder } = inject('stack');
export const setting = (name: string): string => environment[name] ?? '';

export { environment };
export const password = setting('DEMO_PASSWORD');

/** The address of a site's page. */
export const urlOf = (host: string, path = '/'): string => `http://${host}:${setting('PORT')}${path}`;

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** One HTTP request to a site, as a program would send it. The machine's resolver need not know `*.localhost`. */
export function callSite(
  host: string,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options;
    const call = request(
      {
        host: '127.0.0.1',
        port: setting('PORT'),
        path,
        method,
        headers: { ...headers, host: `${host}:${setting('PORT')}` },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(parts).toString('utf8'),
          }),
        );
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

const sandboxPorts = { duffel: 'SANDBOX_DUFFEL_PORT', stripe: 'SANDBOX_STRIPE_PORT' } as const;

/** What the supplier or the payment provider has on record. */
export async function readSandbox<T>(service: keyof typeof sandboxPorts, path: string): Promise<T> {
  const response = await fetch(`http://127.0.0.1:${setting(sandboxPorts[service])}/__sandbox/${path}`);
  if (!response.ok) throw new Error(`${service} ${path}: ${response.status}`);
  return (await response.json()) as T;
}

export const inboxUrl = `http://127.0.0.1:${setting('SANDBOX_INBOX_PORT')}`;

/** The number of the process that now has a role, as its supervisor has noted it. */
export function pidOf(role: 'api' | 'worker'): number {
  return (JSON.parse(readFileSync(join(dataFolder, 'run', `${role}.json`), 'utf8')) as { pid: number }).pid;
}
