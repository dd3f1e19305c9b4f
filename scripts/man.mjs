// Writes manual pages of all commands to man/man1/ (or another given folder), for `man -M man shop`. They come from the same
// source as help. `npm run man` runs this after the build.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { load } = createRequire(import.meta.url)(join(root, 'dist/main.cjs'));
const { manPages } = load(join(root, 'dist/man.cjs'));
const { PROGRAM } = load(join(root, 'dist/commands.cjs'));

const folder = join(resolve(process.argv[2] ?? join(root, 'man')), 'man1');
// this variable sets the date of a reproducible build; see https://reproducible-builds.org/specs/source-date-epoch/
const { SOURCE_DATE_EPOCH } = process.env;
const date = SOURCE_DATE_EPOCH ? new Date(Number(SOURCE_DATE_EPOCH) * 1_000) : new Date();

const pages = await manPages(PROGRAM, process, date);
await mkdir(folder, { recursive: true });
// pages of removed commands must not remain
for (const name of await readdir(folder)) if (/^shop(-.*)?\.1$/.test(name)) await rm(join(folder, name));
for (const { name, source } of pages) await writeFile(join(folder, name), source);
process.stdout.write(`${pages.length} pages in ${folder}\n`);
