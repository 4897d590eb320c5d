import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';

const USER_HZ = 100;

/** What the figures were measured on. */
export function describeMachine() {
  const cpus = os.cpus();
  return `${cpus.length} × ${cpus[0]?.model.trim() ?? 'unknown CPU'}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${os.release()}, Node ${process.version}`;
}

/** Work per second of one core at a fixed task: what neighbours and throttling take away shows here. */
export function calibrate(milliseconds = 120) {
  const block = Buffer.alloc(16_384, 7);
  const end = process.hrtime.bigint() + BigInt(milliseconds) * 1_000_000n;
  let turns = 0;
  while (process.hrtime.bigint() < end) {
    createHash('sha256').update(block).digest();
    turns += 1;
  }
  return (turns * 1000) / milliseconds;
}

/**
 * CPU time since the call, in seconds: `foreign()` is the share of the whole machine used by processes that are neither of the
 * bench (the given ids and their descendants) nor a PostgreSQL or Redis that serves it.
 */
export function watchCpu(rootPids) {
  const began = readAll(rootPids);
  return {
    end() {
      const now = readAll(rootPids);
      const own = [...now.own].reduce((sum, [pid, ticks]) => sum + ticks - (began.own.get(pid) ?? 0), 0);
      const busy = now.busy - began.busy;
      const total = now.total - began.total;
      return { foreign: total === 0 ? 0 : Math.max(0, busy - own) / total };
    },
  };
}

/** CPU seconds a process has used, with its threads. */
export function cpuSecondsOf(pid) {
  return ticksOf(readStat(pid)) / USER_HZ;
}

/** Resident memory of a process in MB, its peak included. */
export function memoryOf(pid) {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? NaN) / 1024;
  return { rss: read('VmRSS'), peak: read('VmHWM') };
}

function readAll(rootPids) {
  const [, ...fields] = fs.readFileSync('/proc/stat', 'utf8').split('\n')[0].trim().split(/\s+/);
  const [user, nice, system, idle, iowait, irq, softirq, steal] = fields.map(Number);
  const busy = user + nice + system + irq + softirq + steal;
  const stats = fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => readStat(pid))
    .filter(Boolean);
  const mine = new Set(rootPids);
  for (let grew = true; grew;) {
    const before = mine.size;
    for (const stat of stats) if (mine.has(stat.parent)) mine.add(stat.pid);
    grew = mine.size > before;
  }
  const own = new Map(
    stats
      .filter((stat) => mine.has(stat.pid) || /^(postgres|redis-server)$/.test(stat.name))
      .map((stat) => [stat.pid, ticksOf(stat)]),
  );
  return { busy, total: busy + idle + iowait, own };
}

const ticksOf = (stat) => (stat ? stat.ticks : 0);

/** The process's name may hold spaces and brackets: the fields begin after the last bracket. */
function readStat(pid) {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const close = text.lastIndexOf(')');
    const fields = text.slice(close + 2).split(' ');
    return {
      pid: Number(pid),
      name: text.slice(text.indexOf('(') + 1, close),
      parent: Number(fields[1]),
      ticks: Number(fields[11]) + Number(fields[12]),
    };
  } catch {
    return undefined;
  }
}
