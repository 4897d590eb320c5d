import type { Markup } from '../../html.ts';
import { html } from '../../html.ts';
import type { Texts } from './texts.ts';

export function layout(texts: Texts, title: string, content: Markup): string {
  return `<!doctype html>\n${
    html`<html lang="${texts.lang}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} · ${texts.mark}</title>
        <link rel="stylesheet" href="/assets/sandbox.css" />
      </head>
      <body>
        <header class="mark">${texts.mark}</header>
        ${content}
      </body>
    </html>`.markup
  }`;
}

/** A page with a title, one sentence and at most one link. */
export function noticePage(texts: Texts, title: string, text: string, link?: { href: string; label: string }): string {
  return layout(
    texts,
    title,
    html`<main class="one">
      <div class="card">
        <h1>${title}</h1>
        <p>${text}</p>
        ${link ? html`<p><a href="${link.href}">${link.label}</a></p>` : null}
      </div>
    </main>`,
  );
}
