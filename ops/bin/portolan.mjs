#!/usr/bin/env node
// The operators' command line. Without DATABASE_URL it uses the environment that `npm run up` wrote for this project.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { locateDataFolder } from '../bootstrap/data-folder.mjs';
import { readEnvironmentFile } from '../bootstrap/environment-file.mjs';

const projectDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const compiled = path.join(projectDir, 'dist/server/cli/main.js');
const source = path.join(projectDir, 'server/cli/main.ts');
const tsx = path.join(projectDir, 'node_modules/tsx/dist/loader.mjs');

function refuse(message) {
  console.error(`✖ ${message}`);
  process.exit(1);
}

const file = path.join(locateDataFolder(projectDir), 'env');
const local = process.env.DATABASE_URL ? {} : readEnvironmentFile(file);
const asksForHelp = process.argv.slice(2).some((each) => each === '--help' || each === '-h' || each === '--version');
if (!process.env.DATABASE_URL && !local.DATABASE_URL && !asksForHelp) {
  refuse(`Nothing is set up: DATABASE_URL is unset and ${file} is absent. Run npm run up first, or set DATABASE_URL.`);
}

const program = fs.existsSync(compiled)
  ? [compiled]
  : fs.existsSync(source) && fs.existsSync(tsx)
    ? ['--import', tsx, source]
    : refuse('The command line is not built. Run npm run build first.');

const done = spawnSync(process.execPath, [...program, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...local, ...process.env },
});
process.exit(done.signal ? 128 + constants.signals[done.signal] : (done.status ?? 1));
