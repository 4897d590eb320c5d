import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createReport } from './report.mjs';
import { runCommand } from './run-command.mjs';
import { printFailure, SetupError } from './setup-error.mjs';

const sourceFolders = ['server', 'db', 'tenant-portal', 'admin-console', 'themes'];
const settingFiles = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
const ignoredFolders = new Set(['node_modules', 'dist', 'coverage']);

/**
 * Compiles the server and bundles both portals into `dist/`, unless the sources are those of the last build. Parts whose
 * configuration is absent are left out with a line. `checkTypes` also refuses type errors (`npm run check` does so anyway).
 * Resolves to whether anything was built.
 */
export async function build({ projectDir, report, signal, force = false, checkTypes = false }) {
  const stampFile = path.join(projectDir, 'dist', '.build-stamp');
  const stamp = hashSources(projectDir);
  if (!force && fs.existsSync(stampFile) && fs.readFileSync(stampFile, 'utf8') === stamp) return false;
  fs.rmSync(stampFile, { force: true });
  // Two cores are common: the compiler beside the bundler, the bundles one after the other.
  await settleTogether([
    buildServer({ projectDir, report, signal, checkTypes }),
    buildPortals({ projectDir, report, signal }),
  ]);
  fs.writeFileSync(stampFile, stamp);
  return true;
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

async function buildPortals(options) {
  const { projectDir, report } = options;
  for (const portal of ['tenant-portal', 'admin-console']) {
    if (!fs.existsSync(path.join(projectDir, portal, 'vite.config.ts'))) {
      report.note(`${portal}: no vite.config.ts, left out`);
      continue;
    }
    const vite = ['node_modules/vite/bin/vite.js', 'build', portal, '--logLevel', 'warn'];
    await runStep(projectDir, `${portal} (browser)`, vite, options);
    const serverEntry = 'src/entry-server.ts';
    if (fs.existsSync(path.join(projectDir, portal, serverEntry))) {
      await runStep(projectDir, `${portal} (server side)`, [...vite, '--ssr'], options);
    }
  }
}

async function runStep(projectDir, name, args, { report, signal }) {
  const began = Date.now();
  const done = await runCommand(process.execPath, args, {
    cwd: projectDir,
    signal,
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (done.code !== 0) throw new SetupError(`The build of ${name} failed:\n${done.output.trim()}`);
  report.note(`built ${name} in ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

/** Waits for all, then throws the first failure: nothing may go on writing behind a reported failure. */
async function settleTogether(promises) {
  const failed = (await Promise.allSettled(promises)).find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
}

function hashSources(projectDir) {
  const hash = createHash('sha256');
  const files = [
    ...settingFiles,
    ...listFiles(projectDir, sourceFolders).filter((file) => !/\.test\.ts$|\.md$/.test(file)),
  ];
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
