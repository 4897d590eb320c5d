import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { environment } from './stack.ts';

const projectDir = resolve(import.meta.dirname, '../../..');

export interface Outcome {
  code: number | null;
  /** Lines printed for people, without empty ones. */
  out: string[];
  err: string[];
  seconds: number;
}

/** Runs `npx portolan …` as an operator would, on the running stack's database. */
export function runPortolan(...args: string[]): Promise<Outcome> {
  const began = Date.now();
  const child = spawn('npx', ['--no-install', 'portolan', ...args], {
    cwd: projectDir,
    env: { ...process.env, ...environment, npm_config_loglevel: 'error' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { out: '', err: '' };
  child.stdout.on('data', (part: Buffer) => (texts.out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (texts.err += part.toString()));
  const linesOf = (text: string) => text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('npm '));
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code) =>
      done({ code, out: linesOf(texts.out), err: linesOf(texts.err), seconds: (Date.now() - began) / 1000 }),
    );
  });
}
