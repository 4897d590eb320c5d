import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { followLog, openLog, readErrorLine, readTail } from './log-file.mjs';
import { findRecordedProcess, forgetProcess, recordProcess, stopProcess } from './process-record.mjs';
import { asUser } from './service-user.mjs';
import { SetupError } from './setup-error.mjs';

const longestDelayMs = 15_000;
const stableAfterMs = 30_000;
const attemptsBeforeReady = 3;
/** EX_CONFIG of sysexits.h: the program refused its settings, so starting it again cannot help. */
const exitBadConfiguration = 78;

/**
 * Keeps one process running: starts it in a session of its own (a terminal's Ctrl-C must not reach it before we choose to),
 * writes its output to `logs/<name>.log`, restarts it with a growing delay when it dies, and stops it.
 *
 * `isReady` is polled; `start()` resolves once it holds and throws a SetupError when it does not in `readyTimeoutMs`.
 */
export function supervise(spec) {
  const { name, dataFolder, report, isReady, readyTimeoutMs = 60_000 } = spec;
  const state = {
    child: undefined,
    stopping: false,
    failures: 0,
    becameReady: false,
    fatal: undefined,
    timer: undefined,
  };
  let endFollowing = () => {};
  let logStart = 0;
  let logPath = '';

  function launch() {
    const log = openLog(dataFolder, name);
    logStart = log.start;
    logPath = log.file;
    const began = Date.now();
    const child = spawn(spec.command, spec.args, {
      ...asUser(spec.user),
      cwd: spec.cwd ?? '/',
      env: spec.env,
      detached: true,
      stdio: ['ignore', log.descriptor, log.descriptor],
    });
    fs.closeSync(log.descriptor);
    state.child = child;
    if (child.pid) recordProcess(dataFolder, name, child.pid);
    endFollowing = followLog(log.file, log.start, (line) => report.childLine(name, line, readErrorLine(line)));
    let settled = false;
    const onEnd = (code, signal, error) => {
      if (settled) return;
      settled = true;
      endFollowing();
      state.child = undefined;
      forgetProcess(dataFolder, name);
      if (!state.stopping) onCrash({ code, signal, error, ranMs: Date.now() - began });
    };
    child.once('exit', (code, signal) => onEnd(code, signal));
    child.once('error', (error) => onEnd(null, null, error));
  }

  function onCrash({ code, signal, error, ranMs }) {
    state.failures = ranMs > stableAfterMs ? 1 : state.failures + 1;
    const how = error ? error.message : signal ? `was ended by ${signal}` : `ended with code ${code}`;
    const gaveUp =
      !state.becameReady && (code === exitBadConfiguration || error || state.failures >= attemptsBeforeReady);
    if (gaveUp) {
      const tail = readTail(logPath, logStart)
        .map((line) => `    ${line}`)
        .join('\n');
      state.fatal = new SetupError(`${name} ${how} before it was ready. The end of ${logPath}:\n${tail}`);
      return;
    }
    const delayMs =
      state.becameReady && state.failures === 1 ? 200 : Math.min(500 * 2 ** (state.failures - 1), longestDelayMs);
    report.note(
      `${name} ${how}; starting it again${delayMs > 1000 ? ` in ${Math.round(delayMs / 1000)} s` : ''} (log: ${logPath})`,
    );
    state.timer = setTimeout(launch, delayMs);
  }

  async function start() {
    const orphan = findRecordedProcess(dataFolder, name);
    if (orphan) await stopProcess(orphan.pid, spec.stop);
    launch();
    await waitUntilReady();
    state.becameReady = true;
  }

  /** Polls readiness; also used after a kill, to wait for the healed process. */
  async function waitUntilReady(timeoutMs = readyTimeoutMs) {
    const deadline = Date.now() + timeoutMs;
    while (!(state.child && (await isReady()))) {
      if (state.fatal) throw state.fatal;
      if (state.stopping) throw new SetupError(`${name} was stopped while it was starting.`);
      if (Date.now() > deadline) {
        const tail = readTail(logPath, logStart)
          .map((line) => `    ${line}`)
          .join('\n');
        throw new SetupError(`${name} was not ready within ${timeoutMs / 1000} s. The end of ${logPath}:\n${tail}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async function stop() {
    state.stopping = true;
    clearTimeout(state.timer);
    const { child } = state;
    if (child?.pid) await stopProcess(child.pid, spec.stop);
    endFollowing();
    forgetProcess(dataFolder, name);
  }

  return {
    name,
    start,
    stop,
    waitUntilReady,
    /** Sends a signal to the running process, as a fault would; the supervisor then heals it. */
    kill: (signal = 'SIGKILL') => state.child?.kill(signal) ?? false,
    get pid() {
      return state.child?.pid;
    },
  };
}
