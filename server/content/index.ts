import { contentRoutes } from './routes.ts';
import { createRenderer } from './renderer.ts';
import { createPageReader } from './show-page.ts';
import type { ContentDeps } from './write-page.ts';

export type { PageReader, ShownPage } from './show-page.ts';

/** Pages that a brand writes itself: about, terms, help. */
export function createContent(deps: Omit<ContentDeps, 'renderer'>) {
  const renderer = createRenderer();
  const reader = createPageReader({ renderer, redis: deps.redis });
  return { routes: contentRoutes({ ...deps, renderer }, reader), reader, close: renderer.close };
}
