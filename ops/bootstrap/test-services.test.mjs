import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { identifyProcess, listRecordedProcesses, waitUntil } from './process-record.mjs';
import { openSweptFolder } from './test-services.mjs';

const script = `
  const { startTestServices } = await import(${JSON.stringify(path.resolve(import.meta.dirname, 'test-services.mjs'))});
  const services = await startTestServices({ env: { PATH: process.env.PATH } });
  console.log(services.dataFolder.path);
  setInterval(() => {}, 1000);`;

describe('openSweptFolder', () => {
  it('stops the servers of a killed test run and removes their data', async () => {
    const run = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    run.stdout.on('data', (chunk) => (printed += chunk));
    await waitUntil(() => printed.includes('\n'), 60_000);
    const folder = printed.trim();
    const left = { run: path.join(folder, 'run') };
    run.kill('SIGKILL');
    await new Promise((resolve) => run.once('exit', resolve));
    expect(listRecordedProcesses(left).map((each) => each.name)).toEqual(['postgres', 'redis']);

    const pids = listRecordedProcesses(left).map((each) => each.pid);
    const mine = await openSweptFolder();
    fs.rmSync(mine.path, { recursive: true });
    expect(fs.existsSync(folder)).toBe(false);
    expect(pids.filter((pid) => identifyProcess(pid) !== undefined)).toEqual([]);
  }, 120_000);
});
