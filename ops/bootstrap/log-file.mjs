import fs from 'node:fs';
import path from 'node:path';

const largestLog = 10 * 1024 * 1024;

/** Opens `logs/<name>.log` for appending; an old large one is put aside as `.1`. */
export function openLog(dataFolder, name) {
  const file = path.join(dataFolder.logs, `${name}.log`);
  if (fs.existsSync(file) && fs.statSync(file).size > largestLog) fs.renameSync(file, `${file}.1`);
  const descriptor = fs.openSync(file, 'a', 0o600);
  return { file, descriptor, start: fs.fstatSync(descriptor).size };
}

/** Calls `onLine` for each whole line written to the file after `start`, until stopped. */
export function followLog(file, start, onLine) {
  let offset = start;
  let rest = '';
  const read = () => {
    const { size } = fs.statSync(file, { throwIfNoEntry: false }) ?? { size: 0 };
    if (size <= offset) return;
    const descriptor = fs.openSync(file, 'r');
    const buffer = Buffer.alloc(Math.min(size - offset, 1024 * 1024));
    offset += fs.readSync(descriptor, buffer, 0, buffer.length, offset);
    fs.closeSync(descriptor);
    const lines = (rest + buffer.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
  const timer = setInterval(read, 250);
  timer.unref();
  return () => {
    clearInterval(timer);
    read();
  };
}

/** The last lines written after `start`, with pino's JSON reduced to its message. */
export function readTail(file, start, count = 12) {
  const text = fs.existsSync(file) ? fs.readFileSync(file).subarray(start).toString('utf8') : '';
  return text.trimEnd().split('\n').slice(-count).map(simplifyLine);
}

/** The message of a JSON log line at error level or above; undefined for every other line. */
export function readErrorLine(line) {
  const entry = parseLine(line);
  const level = entry?.['log.level'] ?? entry?.log?.level ?? entry?.level;
  const isError = typeof level === 'number' ? level >= 50 : /^(error|fatal)$/i.test(String(level ?? ''));
  return isError ? simplifyLine(line) : undefined;
}

function simplifyLine(line) {
  const entry = parseLine(line);
  if (!entry) return line;
  const message = entry.message ?? entry.msg ?? '';
  const cause = entry.error?.message ?? entry.err?.message ?? entry['error.message'];
  return cause && !String(message).includes(cause) ? `${message}: ${cause}` : String(message);
}

function parseLine(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
