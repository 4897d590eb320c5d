import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTemporaryDataFolder } from './data-folder.mjs';
import { readEnvironmentFile, writeEnvironmentFile } from './environment-file.mjs';
import { loadSecrets } from './secrets.mjs';

let dataFolder;

beforeEach(() => {
  dataFolder = openTemporaryDataFolder();
});

afterEach(() => fs.rmSync(dataFolder.path, { recursive: true, force: true }));

describe('environment files', () => {
  it('read back what was written, readable by the owner only', () => {
    const file = path.join(dataFolder.path, 'env');
    writeEnvironmentFile(file, { URL: 'postgres://a:b@c:1/d?x=y', KEY: 'ab+/=' }, 'Heading');
    expect(readEnvironmentFile(file)).toEqual({ URL: 'postgres://a:b@c:1/d?x=y', KEY: 'ab+/=' });
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  it('leave out comments and strip quotes', () => {
    const file = path.join(dataFolder.path, 'env');
    fs.writeFileSync(file, '# PORT=1\nA="b c"\n  B = d \nnonsense\n');
    expect(readEnvironmentFile(file)).toEqual({ A: 'b c', B: 'd' });
  });
});

describe('loadSecrets', () => {
  it('makes secrets once', () => {
    const first = loadSecrets(dataFolder);
    expect(Buffer.from(first.MASTER_KEY, 'base64')).toHaveLength(32);
    expect(loadSecrets(dataFolder)).toEqual(first);
  });

  it('refuses to invent a new password for a database that has one', () => {
    fs.mkdirSync(path.join(dataFolder.path, 'postgres'));
    fs.writeFileSync(path.join(dataFolder.path, 'postgres', 'PG_VERSION'), '15\n');
    expect(() => loadSecrets(dataFolder)).toThrow(/secrets\.env is gone/);
  });
});
