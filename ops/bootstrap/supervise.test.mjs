import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTemporaryDataFolder } from './data-folder.mjs';
import { findRecordedProcess, identifyProcess, recordProcess, waitUntil } from './process-record.mjs';
import { supervise } from './supervise.mjs';

let dataFolder;
let running = [];
const notes = [];
const report = { note: (text) => notes.push(text), childLine() {} };

beforeEach(() => {
  dataFolder = openTemporaryDataFolder();
  notes.length = 0;
});

afterEach(async () => {
  for (const each of running) await each.stop();
  running = [];
  fs.rmSync(dataFolder.path, { recursive: true, force: true });
});

function superviseScript(script, options = {}) {
  const service = supervise({
    name: 'probe',
    dataFolder,
    report,
    command: process.execPath,
    args: ['-e', script],
    env: process.env,
    isReady: () => true,
    stop: { graceMs: 300 },
    ...options,
  });
  running.push(service);
  return service;
}

const sleeper = 'setInterval(() => {}, 1000)';

describe('supervise', () => {
  it('starts a killed process again and says so', async () => {
    const service = superviseScript(sleeper);
    await service.start();
    const first = service.pid;
    service.kill();
    expect(await waitUntil(() => service.pid !== undefined && service.pid !== first, 5000)).toBe(true);
    expect(notes.join()).toContain('probe was ended by SIGKILL; starting it again');
  });

  it('gives up on a process that refuses its settings, and shows the end of its log', async () => {
    const service = superviseScript('console.log("PORT is not a number"); process.exit(78)', { isReady: () => false });
    await expect(service.start()).rejects.toThrow(
      /probe ended with code 78 before it was ready[^]*PORT is not a number/,
    );
  });

  it('gives up after three crashes before it was ever ready', async () => {
    const service = superviseScript('process.exit(1)', { isReady: () => false });
    await expect(service.start()).rejects.toThrow('probe ended with code 1 before it was ready');
    expect(notes).toHaveLength(2);
  });

  it('kills a process that ignores the request to stop', async () => {
    const service = superviseScript(`process.on("SIGTERM", () => {}); console.log("set"); ${sleeper}`);
    await service.start();
    await waitUntil(() => fs.readFileSync(`${dataFolder.logs}/probe.log`, 'utf8').includes('set'), 5000);
    const { pid } = service;
    await service.stop();
    expect(identifyProcess(pid)).toBeUndefined();
  });

  it('stops the process of a supervisor that was killed before it starts its own', async () => {
    const orphan = spawn(process.execPath, ['-e', sleeper], { detached: true, stdio: 'ignore' });
    recordProcess(dataFolder, 'probe', orphan.pid);
    await superviseScript(sleeper).start();
    expect(identifyProcess(orphan.pid)).toBeUndefined();
  });
});

describe('findRecordedProcess', () => {
  it('does not take a later process with the same number for the recorded one', () => {
    fs.writeFileSync(`${dataFolder.run}/probe.json`, JSON.stringify({ name: 'probe', pid: process.pid, began: '1' }));
    expect(findRecordedProcess(dataFolder, 'probe')).toBeUndefined();
  });
});
