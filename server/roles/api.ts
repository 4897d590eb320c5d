import type { Config } from '../kernel/config.ts';
import { serve } from '../kernel/http/serve.ts';
import { createHttpApp } from '../app/http.ts';
import { createInfrastructure } from '../app/infrastructure.ts';
import { createModules } from '../app/modules.ts';
import { openAdminPort } from './admin-port.ts';
import { stopOnSignal } from './process.ts';

const DRAIN_MS = 25_000;

/** `api`: the public HTTP server of every tenant. Stateless; run as many as needed. */
export async function runApi(config: Config): Promise<void> {
  const infra = createInfrastructure(config, 'api');
  const modules = createModules(infra);
  const { app, warm } = createHttpApp(infra, modules);
  await warm();
  const http = await serve(app, { port: config.PORT, host: config.HOST });
  const admin = await openAdminPort(infra);
  infra.log.info({ port: http.port }, 'api listens');
  stopOnSignal(infra.log, async () => {
    await http.close(DRAIN_MS);
    admin.close();
    await infra.close();
  });
}
