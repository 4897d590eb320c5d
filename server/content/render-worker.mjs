// Renders one template at a time, in a thread that can be ended at any instruction: Handlebars knows no limits of its own.
import { parentPort } from 'node:worker_threads';
import Handlebars from 'handlebars';
import sanitizeHtml from 'sanitize-html';

const MAX_HTML_BYTES = 200 * 1024;
const MAX_FAULTS = 20;
const REFUSED_NAMES = new Set([
  '__proto__',
  'constructor',
  'prototype',
  '__lookupGetter__',
  '__lookupSetter__',
  '__defineGetter__',
  '__defineSetter__',
  'helperMissing',
  'blockHelperMissing',
]);
const BLOCKS = new Set(['if', 'unless', 'each', 'with']);
const OPTIONS = {
  knownHelpers: { log: false, lookup: false, helperMissing: false, blockHelperMissing: false },
  knownHelpersOnly: true,
  noEscape: false,
  strict: false,
};

/** What may stand in a page: structure, text, links and pictures of the brand's own. Everything else is left out. */
const ALLOWED = {
  allowedTags: [
    'h2',
    'h3',
    'h4',
    'p',
    'ul',
    'ol',
    'li',
    'strong',
    'em',
    'b',
    'i',
    'a',
    'br',
    'hr',
    'blockquote',
    'dl',
    'dt',
    'dd',
    'table',
    'thead',
    'tbody',
    'tr',
    'th',
    'td',
    'caption',
    'img',
    'figure',
    'figcaption',
    'address',
    'small',
  ],
  allowedAttributes: {
    a: ['href', 'rel'],
    img: ['src', 'alt', 'width', 'height'],
    th: ['scope', 'colspan', 'rowspan'],
    td: ['colspan', 'rowspan'],
  },
  allowedSchemes: ['https', 'mailto', 'tel'],
  allowedSchemesByTag: { img: [] },
  allowProtocolRelative: false,
  disallowedTagsMode: 'discard',
  nonTextTags: [
    'script',
    'style',
    'textarea',
    'option',
    'noscript',
    'template',
    'math',
    'svg',
    'title',
    'iframe',
    'xmp',
  ],
  transformTags: { a: (tagName, attribs) => ({ tagName, attribs: { ...attribs, rel: 'noopener nofollow' } }) },
  exclusiveFilter: ({ tag, attribs }) =>
    tag === 'img' && !/^\/files\/[0-9a-f-]{36}\.(png|webp)$/.test(attribs.src ?? ''),
};

export const sanitise = (html) => sanitizeHtml(html, ALLOWED);

/** What a template may not contain, by line. */
function lint(program) {
  const faults = [];
  const report = (node, text) => faults.length < MAX_FAULTS && faults.push({ line: node.loc.start.line, text });
  class Reader extends Handlebars.Visitor {
    Program(node) {
      node.body.forEach((statement, at) => {
        const before = node.body[at - 1];
        if (statement.type === 'MustacheStatement' && before?.type === 'ContentStatement' && /=\s*$/.test(before.value))
          report(statement, 'attribute_unquoted');
      });
      super.Program(node);
    }
    MustacheStatement(node) {
      if (!node.escaped) report(node, 'raw_output');
      if (node.params.length > 0 || node.hash) report(node, 'helper_unknown');
      super.MustacheStatement(node);
    }
    BlockStatement(node) {
      if (!BLOCKS.has(node.path.original)) report(node, 'helper_unknown');
      super.BlockStatement(node);
    }
    SubExpression(node) {
      report(node, 'helper_unknown');
    }
    PartialStatement(node) {
      report(node, 'partial');
    }
    PartialBlockStatement(node) {
      report(node, 'partial');
    }
    Decorator(node) {
      report(node, 'partial');
    }
    DecoratorBlock(node) {
      report(node, 'partial');
    }
    PathExpression(node) {
      if (node.parts.some((part) => REFUSED_NAMES.has(part))) report(node, 'name_refused');
    }
  }
  new Reader().accept(program);
  return faults;
}

function render({ source, values }) {
  if (typeof source !== 'string') return { ok: false, faults: [{ line: 1, text: 'not_text' }] };
  let program;
  try {
    program = Handlebars.parse(source);
  } catch (error) {
    return { ok: false, faults: [{ line: Number(/line (\d+)/i.exec(error.message)?.[1] ?? 1), text: 'syntax' }] };
  }
  const faults = lint(program);
  if (faults.length > 0) return { ok: false, faults };
  const hbs = Handlebars.create();
  for (const name of Object.keys(hbs.helpers)) if (!BLOCKS.has(name)) hbs.unregisterHelper(name);
  let html;
  try {
    html = hbs.compile(source, OPTIONS)(values, {
      allowProtoPropertiesByDefault: false,
      allowProtoMethodsByDefault: false,
    });
  } catch {
    return { ok: false, faults: [{ line: 1, text: 'not_rendered' }] };
  }
  if (Buffer.byteLength(html) > MAX_HTML_BYTES) return { ok: false, faults: [{ line: 1, text: 'too_long' }] };
  return { ok: true, html: sanitise(html) };
}

parentPort?.on('message', ({ job }) => {
  parentPort.postMessage({
    outcome: job.html === undefined ? render(job) : { ok: true, html: sanitise(job.html) },
  });
});
// The compiler's own start must not count against the first template.
render({ source: '<p>{{#if brand.name}}{{brand.name}}{{/if}}</p>', values: { brand: { name: 'x' } } });
parentPort?.postMessage({ ready: true });
