import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createReport } from './report.mjs';
import { runCommand } from './run-command.mjs';
import { printFailure, SetupError } from './setup-error.mjs';

const portals = ['tenant-portal', 'admin-console'];
const settingFiles = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
const ignoredFolders = new Set(['node_modules', 'dist', 'coverage']);

/**
 * Compiles the server and bundles both portals into `dist/`; a part whose sources are those of its last build is left as it
 * is. `checkTypes` also refuses type errors (`npm run check` does so anyway). Resolves to the names of what was built.
 */
export async function build({ projectDir, report, signal, force = false, checkTypes = false }) {
  const options = { projectDir, report, signal, checkTypes };
  const changed = listParts(projectDir, report).filter(
    (part) => force || readStamp(projectDir, part.name) !== part.stamp,
  );
  const make = async (part) => {
    fs.rmSync(stampFile(projectDir, part.name), { force: true });
    await part.build(options);
    fs.mkdirSync(path.dirname(stampFile(projectDir, part.name)), { recursive: true });
    fs.writeFileSync(stampFile(projectDir, part.name), part.stamp);
  };
  // Two cores are common: the compiler beside the bundler, the bundles one after the other.
  const server = changed.filter((part) => part.name === 'server');
  const bundles = changed.filter((part) => part.name !== 'server');
  await settleTogether(
    [server, bundles].map((queue) => queue.reduce((before, part) => before.then(() => make(part)), Promise.resolve())),
  );
  return changed.map((part) => part.name);
}

function listParts(projectDir, report) {
  const present = portals.filter((portal) => {
    const found = fs.existsSync(path.join(projectDir, portal, 'vite.config.ts'));
    if (!found) report.note(`${portal}: no vite.config.ts, left out`);
    return found;
  });
  return [
    { name: 'server', stamp: hashSources(projectDir, ['server', 'db']), build: buildServer },
    ...present.map((portal) => ({
      name: portal,
      stamp: hashSources(projectDir, [portal, 'themes']),
      build: (options) => buildPortal(portal, options),
    })),
  ];
}

async function buildServer({ projectDir, report, signal, checkTypes }) {
  for (const folder of ['server', 'db'])
    fs.rmSync(path.join(projectDir, 'dist', folder), { recursive: true, force: true });
  const compile = [
    'node_modules/typescript/bin/tsc',
    '-p',
    'tsconfig.build.json',
    ...(checkTypes ? [] : ['--noCheck']),
  ];
  await runStep(projectDir, 'server (tsc)', compile, { report, signal });
  // The compiler leaves out what is not TypeScript: SQL, templates, fonts, data.
  for (const file of listFiles(projectDir, ['server', 'db']).filter((each) => !/\.(ts|md)$/.test(each))) {
    const target = path.join(projectDir, 'dist', file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.copyFileSync(path.join(projectDir, file), target);
  }
}

async function buildPortal(portal, options) {
  const vite = ['node_modules/vite/bin/vite.js', 'build', portal, '--logLevel', 'warn'];
  await runStep(options.projectDir, `${portal} (browser)`, vite, options);
  if (!fs.existsSync(path.join(options.projectDir, portal, 'src/entry-server.ts'))) return;
  await runStep(options.projectDir, `${portal} (server side)`, [...vite, '--ssr'], options);
}

function stampFile(projectDir, name) {
  return path.join(projectDir, 'dist', `.${name}.stamp`);
}

function readStamp(projectDir, name) {
  const file = stampFile(projectDir, name);
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
}

async function runStep(projectDir, name, args, { report, signal }) {
  const began = Date.now();
  const done = await runCommand(process.execPath, args, {
    cwd: projectDir,
    signal,
    env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
  });
  if (done.code !== 0) throw new SetupError(`The build of ${name} failed:\n${done.output.trim()}`);
  report.note(`built ${name} in ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

/** Waits for all, then throws what failed: nothing may go on writing behind a reported failure. */
async function settleTogether(promises) {
  const failed = (await Promise.allSettled(promises))
    .filter((each) => each.status === 'rejected')
    .map((each) => each.reason);
  if (failed.length > 1 && failed.every((each) => each instanceof SetupError)) {
    throw new SetupError(failed.map((each) => each.message).join('\n\n✖ '));
  }
  if (failed.length > 0) throw failed[0];
}

function hashSources(projectDir, folders) {
  const hash = createHash('sha256');
  const files = [...settingFiles, ...listFiles(projectDir, folders).filter((file) => !/\.test\.ts$|\.md$/.test(file))];
  for (const file of files) {
    const full = path.join(projectDir, file);
    if (fs.existsSync(full)) hash.update(file).update('\0').update(fs.readFileSync(full)).update('\0');
  }
  return hash.digest('hex');
}

function listFiles(projectDir, folders) {
  return folders.flatMap((folder) => {
    const full = path.join(projectDir, folder);
    if (!fs.existsSync(full)) return [];
    return fs
      .readdirSync(full, { withFileTypes: true })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => {
        const inner = path.join(folder, entry.name);
        if (entry.isDirectory()) return ignoredFolders.has(entry.name) ? [] : listFiles(projectDir, [inner]);
        return entry.isFile() ? [inner] : [];
      });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const projectDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
  await build({ projectDir, report: createReport(), force: true, checkTypes: true }).catch((error) => {
    printFailure(error);
    process.exitCode = 1;
  });
}
