#!/usr/bin/env node
// Searches all texts that people read for words that have a plainer form: `npm run words`. Prints each finding as `file:line: word →
// replacement`, and exits with 1 if there are findings.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadTypeScript } from './load-typescript.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { findWords, isRead } = await loadTypeScript(new URL('words/find.ts', import.meta.url));
const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n').filter(isRead);
const found = files.flatMap((file) => findWords(file, readFileSync(`${root}${file}`, 'utf8')));
for (const { file, line, word, replacement } of found) {
  process.stdout.write(`${file}:${line}: ${word} → ${replacement}\n`);
}
if (found.length > 0) process.exitCode = 1;
