import { afterAll, describe, expect, it } from 'vitest';
import { createRenderer, type RenderOutcome } from './renderer.ts';
import { valuesOf } from './page.ts';

// The machine of a test run may be busy with others: the limit is wider than the product's.
const renderer = createRenderer({ timeLimitMs: 2000 });
afterAll(() => renderer.close());

const values = valuesOf(
  { name: 'Sol <b>Viajes</b>', legal: { address: 'Calle "Mayor" 1' } },
  new Date('2026-11-24T12:00:00Z'),
);
const render = (source: unknown, tenant = 'a'): Promise<RenderOutcome> =>
  renderer.render(tenant, { source: source as string, values });
const faultsOf = async (source: unknown) => {
  const outcome = await render(source);
  return outcome.ok ? [] : outcome.faults.map(({ text }) => text);
};

describe('a template of a tenant', () => {
  it('is rendered with the values of the brand, escaped', async () => {
    const source =
      '<h2>{{brand.name}}</h2>{{#if brand.address}}<p>{{brand.address}}, {{year}}</p>{{/if}}{{#unless brand.phone}}-{{/unless}}';
    expect(await render(source)).toEqual({
      ok: true,
      html: '<h2>Sol &lt;b&gt;Viajes&lt;/b&gt;</h2><p>Calle "Mayor" 1, 2026</p>-',
    });
  });

  it.each([
    '{{constructor.constructor}}',
    '{{lookup this "__proto__"}}',
    '{{#with "s" as |string|}}{{#with string.sub.constructor}}{{this}}{{/with}}{{/with}}',
    '{{log "x"}}',
    '{{__lookupGetter__}}',
    '{{brand.__proto__.x}}',
    '{{helperMissing}}',
    '{{#each (lookup this "constructor")}}x{{/each}}',
    '{{brand.[constructor]}}',
    '{{#constructor}}x{{/constructor}}',
  ])('I65 that reaches for the process gets nothing: %s', async (source) => {
    expect((await faultsOf(source)).length).toBeGreaterThan(0);
  });

  it.each([
    ['five nested loops', `${'{{#each @root.brand}}'.repeat(12)}x{{@root.brand.name}}${'{{/each}}'.repeat(12)}`],
    ['loops that fill the memory', `${'{{#each @root.brand}}'.repeat(9)}${'x'.repeat(4000)}${'{{/each}}'.repeat(9)}`],
  ])('I66 with %s is stopped, and the next one is rendered', async (_, source) => {
    expect(await faultsOf(source)).toEqual([expect.stringMatching(/^(too_costly|too_long|not_rendered)$/)]);
    expect(await render('<p>{{year}}</p>', 'b')).toEqual({ ok: true, html: '<p>2026</p>' });
  });

  it('I66 with more mustaches or depth than anybody writes is stopped or rendered, never fatal', async () => {
    for (const source of [
      '{{year}}'.repeat(8000),
      `${'{{#if year}}'.repeat(4000)}${'{{/if}}'.repeat(4000)}`,
      '{'.repeat(60_000),
    ])
      expect(['boolean']).toContain(typeof (await render(source)).ok);
    expect((await render('<p>x</p>')).ok).toBe(true);
  });

  it('I67 that is no text but a parsed one is refused', async () => {
    const ast = { type: 'Program', body: [{ type: 'ContentStatement', value: 'x' }], strip: {}, loc: null };
    expect(await faultsOf(ast)).toEqual(['not_text']);
  });

  it.each([
    ['{{{brand.name}}}', 'raw_output'],
    ['{{&brand.name}}', 'raw_output'],
    ['<a href={{brand.email}}>x</a>', 'attribute_unquoted'],
    ['{{#*inline "x"}}y{{/inline}}', 'partial'],
    ['{{> shell}}', 'partial'],
    ['{{brand.name "x"}}', 'helper_unknown'],
    ['{{#if brand.name}}', 'syntax'],
  ])('I68 with %s is refused', async (source, fault) => {
    expect(await faultsOf(source)).toContain(fault);
  });

  it.each([
    '<img src=x onerror="alert(1)">',
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" java&#x0A;script:alert(1)">x</a>',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<img srcset="http://127.0.0.1/x 1x" src="https://evil.test/x.png">',
    '<svg><script>alert(1)</script></svg>',
    '<p style="position:fixed" onclick="alert(1)" class="x">y</p>',
    '<iframe src="https://evil.test"></iframe><form action="https://evil.test"><input></form>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    '<base href="https://evil.test"><meta http-equiv="refresh" content="0;url=https://evil.test">',
  ])('I80 with markup that acts loses it: %s', async (source) => {
    const outcome = await render(source);
    const html = outcome.ok ? outcome.html : '';
    expect(outcome.ok).toBe(true);
    expect(html).not.toMatch(/<(?!\/?(?:p|a|table|br)\b)|\son[a-z]+\s*=|javascript:|style=|class=|evil|127\.0/i);
    // What was sanitised once stays as it is: nothing awakes when it is read again.
    expect(await renderer.render('a', { html })).toEqual({ ok: true, html });
  });

  it('keeps links and pictures of its own', async () => {
    const picture = '<img src="/files/0190a0a0-0000-7000-8000-000000000000.png" alt="x" />';
    const outcome = await render(
      `<a href="https://a.test/">a</a><a href="/flights">b</a><a href="mailto:{{brand.email}}x@a.test">c</a>${picture}`,
    );
    expect(outcome).toEqual({
      ok: true,
      html: `<a href="https://a.test/" rel="noopener nofollow">a</a><a href="/flights" rel="noopener nofollow">b</a><a href="mailto:x@a.test" rel="noopener nofollow">c</a>${picture}`,
    });
  });

  it('of one tenant cannot keep another waiting behind a line of its own', async () => {
    const order: string[] = [];
    const costly = `${'{{#each @root.brand}}'.repeat(12)}x${'{{/each}}'.repeat(12)}`;
    const noisy = [1, 2].map(async () => {
      await render(costly, 'noisy');
      order.push('noisy');
    });
    await render('<p>x</p>', 'quiet').then(() => order.push('quiet'));
    await Promise.all(noisy);
    expect(order.indexOf('quiet')).toBeLessThan(2);
    const flood = await Promise.allSettled(Array.from({ length: 12 }, () => render('<p>y</p>', 'flood')));
    expect(flood.filter((one) => one.status === 'rejected').length).toBe(3);
  });
});
