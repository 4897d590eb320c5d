import Handlebars from 'handlebars';
import { COMPILE_OPTIONS } from './template-engine.ts';

export type TemplateFault = {
  code:
    | 'template_invalid'
    | 'template_raw_output'
    | 'template_inline_partial'
    | 'template_partial_missing'
    | 'template_unquoted_attribute'
    | 'template_csp_violation'
    | 'text_key_dynamic';
  message: string;
};

export type TemplateReading = { faults: TemplateFault[]; textKeys: string[]; assets: string[] };

/** The only values that enter a page as they are, all made by our own code, and the file that may do so. */
const RAW_OUTPUT: Readonly<Record<string, readonly string[]>> = {
  'templates/shell.hbs': ['app', 'stateJson'],
  'partials/brand-style.hbs': ['brandCss'],
};

const CSP_REFUSES = /\son[a-z]+\s*=\s*["']|javascript:|<script(?![^>]*\s(?:src|type="application\/json"))/i;

type Line = { loc: hbs.AST.SourceLocation };
type Call = Line & { path: hbs.AST.Expression; params: hbs.AST.Expression[] };

const originalOf = (path: hbs.AST.Expression): string => ('original' in path ? String(path.original) : '');

/** Reads one template without running it: what it may not contain, and the texts and assets it asks for. */
export function readTemplate(file: string, source: string, partials: ReadonlySet<string>): TemplateReading {
  const reading: TemplateReading = { faults: [], textKeys: [], assets: [] };
  const report = (code: TemplateFault['code'], node: Line, message: string): void => {
    reading.faults.push({ code, message: `Line ${node.loc.start.line}: ${message}` });
  };
  let program: hbs.AST.Program;
  try {
    Handlebars.precompile(source, COMPILE_OPTIONS);
    program = Handlebars.parse(source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    reading.faults.push({ code: 'template_invalid', message: `It does not compile: ${reason}` });
    return reading;
  }
  const isMail = /(?:mail\/|partials\/(?:mail|text)-)/.test(file);
  const isText = /(?:\.text\.hbs$|partials\/text-)/.test(file);

  const call = (node: Call): void => {
    const name = originalOf(node.path);
    const first = node.params[0];
    if (name !== 't' && name !== 'asset') return;
    if (first?.type === 'StringLiteral') {
      (name === 't' ? reading.textKeys : reading.assets).push((first as hbs.AST.StringLiteral).value);
    } else {
      report('text_key_dynamic', node, `"${name}" needs a literal, so that it can be checked.`);
    }
  };
  const partial = (node: hbs.AST.PartialStatement | hbs.AST.PartialBlockStatement): void => {
    const name = originalOf(node.name);
    if (name !== '@partial-block' && !partials.has(name)) {
      report('template_partial_missing', node, `there is no partial "${name}".`);
    }
  };

  class Reader extends Handlebars.Visitor {
    override Program(node: hbs.AST.Program): void {
      node.body.forEach((statement, i) => {
        const before = node.body[i - 1];
        if (isText || statement.type !== 'MustacheStatement' || before?.type !== 'ContentStatement') return;
        if (!/=\s*$/.test((before as hbs.AST.ContentStatement).value)) return;
        report('template_unquoted_attribute', statement, 'put the attribute between quotes.');
      });
      super.Program(node);
    }
    override MustacheStatement(node: hbs.AST.MustacheStatement): void {
      const raw = !(node as hbs.AST.MustacheStatement & { escaped: boolean }).escaped;
      if (raw && !(RAW_OUTPUT[file] ?? []).includes(originalOf(node.path))) {
        report('template_raw_output', node, `"${originalOf(node.path)}" is put out unescaped; use two braces.`);
      }
      call(node);
      super.MustacheStatement(node);
    }
    override SubExpression(node: hbs.AST.SubExpression): void {
      call(node);
      super.SubExpression(node);
    }
    override PartialStatement(node: hbs.AST.PartialStatement): void {
      partial(node);
      super.PartialStatement(node);
    }
    override PartialBlockStatement(node: hbs.AST.PartialBlockStatement): void {
      partial(node);
      super.PartialBlockStatement(node);
    }
    override DecoratorBlock(node: hbs.AST.DecoratorBlock): void {
      report('template_inline_partial', node, 'inline partials are not allowed; put it into partials/.');
    }
    override Decorator(node: hbs.AST.Decorator): void {
      report('template_inline_partial', node, 'decorators are not allowed.');
    }
    override ContentStatement(node: hbs.AST.ContentStatement): void {
      if (isText) return;
      const refused = CSP_REFUSES.test(node.value) || (!isMail && /\sstyle\s*=/i.test(node.value));
      if (refused)
        report('template_csp_violation', node, 'inline scripts, handlers and styles are refused by the page policy.');
    }
  }
  new Reader().accept(program);
  return reading;
}
