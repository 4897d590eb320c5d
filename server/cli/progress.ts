const WIDTH = 24;

/** Progress of a known number of steps: a bar on a terminal, a line a step elsewhere, nothing with --json. */
export function createProgress(total: number, silent: boolean) {
  const bar = process.stderr.isTTY && !silent;
  let done = 0;
  return {
    step(name: string): void {
      done += 1;
      if (silent) return;
      const filled = Math.min(WIDTH, Math.round((done / total) * WIDTH));
      if (bar) process.stderr.write(`\r  ${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${name.padEnd(16)}`);
      else process.stderr.write(`  ${done}/${total} ${name}\n`);
    },
    end(): void {
      if (bar) process.stderr.write(`\r${' '.repeat(WIDTH + 20)}\r`);
    },
  };
}
