import { defineProblem } from '../kernel/errors.ts';
import type { TemplateFaultCode } from './renderer.ts';

const SENTENCES: Record<TemplateFaultCode, string> = {
  attribute_unquoted: 'put the value of the attribute between quotes',
  raw_output: 'use two braces: everything is put out escaped',
  helper_unknown: 'only if, unless, each and with are known here, and values by name',
  partial: 'partials and decorators are not for pages',
  name_refused: 'this name is no value',
  not_text: 'a template is a text',
  syntax: 'a brace or a block is not closed, or closed twice',
  not_rendered: 'it could not be rendered',
  too_long: 'it comes out longer than 200 KB',
  too_costly: 'it takes more time or memory than a page may',
};

export const TemplateRefused = defineProblem({
  code: 'content.template_refused',
  status: 422,
  title: 'The text of the page cannot be shown',
  detail: (x: { faults: ReadonlyArray<{ line: number; text: TemplateFaultCode }> }) =>
    x.faults.map(({ line, text }) => `Line ${line}: ${SENTENCES[text]}.`).join(' '),
  extensions: (x) => ({
    errors: x.faults.map(({ line, text }) => ({
      pointer: '/source',
      code: text,
      detail: `Line ${line}: ${SENTENCES[text]}.`,
    })),
  }),
});
export const TooManyPages = defineProblem({
  code: 'content.too_many_pages',
  status: 409,
  title: 'The brand has too many pages',
  detail: (x: { limit: number }) => `A brand has at most ${x.limit} pages in each language. Change one that is there.`,
});
