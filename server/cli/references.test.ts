import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { printReferences, REFERENCE_FOLDER } from './references.ts';

const remedy = 'docs/reference is out of date: run npx tsx server/cli/print-references.ts and commit what it wrote';

describe('reference documents', async () => {
  const printed = await printReferences();

  it.each(Object.keys(printed))('%s is what the code prints', async (name) => {
    const committed = await readFile(path.join(REFERENCE_FOLDER, name), 'utf8');
    // JSON is compared by meaning: the formatter breaks its lines.
    if (name.endsWith('.json')) expect(JSON.parse(committed), remedy).toEqual(JSON.parse(printed[name] ?? ''));
    else expect(committed, remedy).toBe(printed[name]);
  });

  it('every problem belongs to a module and every event to an emitter', () => {
    expect(printed['problems.md']).not.toMatch(/\| –\s+\|$/m);
    expect(printed['events.md']).not.toMatch(/^\| `[^`]+`\s+\| –/m);
  });

  it('every setting says what it means', () => {
    expect(printed['configuration.md']).not.toMatch(/\|\s+\|$/m);
  });
});
