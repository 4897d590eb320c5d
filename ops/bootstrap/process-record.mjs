import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/**
 * What tells one process from a later one with the same number: the moment it began. Undefined when there is no such
 * process (a zombie counts as none).
 */
export function identifyProcess(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    if (fs.existsSync('/proc/self/stat')) return undefined;
    const listed = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return listed.stdout?.trim() || undefined;
  }
}

/** Notes a running process in `run/<name>.json`, so that a later supervisor recognises it even if this one is killed. */
export function recordProcess(dataFolder, name, pid) {
  const file = recordFile(dataFolder, name);
  fs.writeFileSync(file, JSON.stringify({ name, pid, began: identifyProcess(pid) }), { mode: 0o600 });
}

export function forgetProcess(dataFolder, name) {
  fs.rmSync(recordFile(dataFolder, name), { force: true });
}

/** The recorded process of that name if it still runs. */
export function findRecordedProcess(dataFolder, name) {
  try {
    const record = JSON.parse(fs.readFileSync(recordFile(dataFolder, name), 'utf8'));
    return record.began && identifyProcess(record.pid) === record.began ? record : undefined;
  } catch {
    return undefined;
  }
}

/** All recorded processes that still run. */
export function listRecordedProcesses(dataFolder) {
  return fs
    .readdirSync(dataFolder.run)
    .filter((file) => file.endsWith('.json'))
    .map((file) => findRecordedProcess(dataFolder, path.basename(file, '.json')))
    .filter(Boolean);
}

/** Signals a process and waits until it is gone, then kills it. Resolves to whether it went by itself. */
export async function stopProcess(pid, { signal = 'SIGTERM', graceMs = 4000, force = ['SIGKILL'] } = {}) {
  const began = identifyProcess(pid);
  const isGone = () => began === undefined || identifyProcess(pid) !== began;
  for (const [index, each] of [signal, ...force].entries()) {
    if (isGone()) return true;
    sendSignal(pid, each);
    if (await waitUntil(isGone, index === 0 ? graceMs : 1500)) return index === 0;
  }
  return false;
}

function sendSignal(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Polls until the condition holds; false when the time is over. */
export async function waitUntil(condition, timeoutMs, everyMs = 50) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (await condition()) return true;
    if (Date.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

function recordFile(dataFolder, name) {
  return path.join(dataFolder.run, `${name}.json`);
}
