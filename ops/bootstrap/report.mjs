const mostErrorsPerMinute = 5;

/**
 * Progress for people: one short line a step. Errors in the logs of the supervised processes are surfaced (a few a minute);
 * `verbose` streams every line of them.
 */
export function createReport({ verbose = false, write = (line) => process.stdout.write(`${line}\n`) } = {}) {
  const windows = new Map();

  function mayShow(name) {
    const now = Date.now();
    const window = windows.get(name);
    if (!window || now - window.began > 60_000) windows.set(name, { began: now, count: 1 });
    else window.count += 1;
    return windows.get(name).count <= mostErrorsPerMinute;
  }

  return {
    verbose,
    step: (text) => write(`• ${text}`),
    note: (text) => write(`  ${text}`),
    childLine(name, line, errorLine) {
      if (verbose) write(`  ${name.padEnd(9)} | ${line}`);
      else if (errorLine && mayShow(name)) write(`  ${name}: ${errorLine} (more in logs/${name}.log)`);
    },
  };
}

/** A report that says nothing. */
export const silentReport = { verbose: false, step() {}, note() {}, childLine() {} };
