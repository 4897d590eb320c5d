import fs from 'node:fs';

/** Reads `KEY=value` lines; `#` begins a comment line, surrounding quotes are dropped. A missing file is an empty object. */
export function readEnvironmentFile(file) {
  if (!fs.existsSync(file)) return {};
  const pairs = fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => /^\s*([A-Z_][A-Z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line))
    .filter(Boolean)
    .map(([, key, value]) => [key, value.replace(/^(["'])(.*)\1$/, '$2')]);
  return Object.fromEntries(pairs);
}

/** Writes `KEY=value` lines readable by the owner only; the file appears whole or not at all. */
export function writeEnvironmentFile(file, values, heading) {
  const lines = Object.entries(values).map(([key, value]) => `${key}=${value}`);
  const draft = `${file}.${process.pid}.new`;
  fs.writeFileSync(draft, `# ${heading}\n${lines.join('\n')}\n`, { mode: 0o600 });
  fs.renameSync(draft, file);
}
