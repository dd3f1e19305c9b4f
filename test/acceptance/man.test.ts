import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { inheritedEnvironment } from '../support/environment.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const env = { ...inheritedEnvironment(), LC_ALL: 'C.UTF-8', MANWIDTH: '80' };

const folder = mkdtempSync(join(tmpdir(), 'shop-man-'));
execFileSync(process.execPath, [join(ROOT, 'scripts/man.mjs'), folder], { env });
const pages = readdirSync(join(folder, 'man1')).map((name) => join(folder, 'man1', name));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function isMissing(program: string): boolean {
  return spawnSync(program, ['--version'], { env }).error !== undefined;
}

/** Runs a program and returns all its output. */
function outputOf(program: string, args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(program, args, { env, encoding: 'utf8' });
  return `${stdout}${stderr}`;
}

it('has a page for the program, each group and each command, with the content of their help', () => {
  const names = pages.map((path) => path.replace(/.*\//, ''));
  expect(names).toEqual(expect.arrayContaining(['shop.1', 'shop-charge.1', 'shop-order.1', 'shop-order-place.1']));
  const source = readFileSync(join(folder, 'man1/shop-order-place.1'), 'utf8');
  for (const part of [
    '.SH "SYNOPSIS"\n\\fBshop order place\\fR \\fIuser\\fR \\fIitems...\\fR [options]\n',
    '.TP\n\\fB\\-\\-key \\fR\\fIkey\\fR\n',
    '.EX\nshop order place 1 1:2 3:1\n',
  ]) {
    expect(source).toContain(part);
  }
  for (const path of pages) expect(readFileSync(path, 'utf8')).toMatch(/^[\n -~]+$/);
});

it.skipIf(isMissing('mandoc'))('has pages that mandoc accepts', () => {
  expect(outputOf('mandoc', ['-Tlint', '-W', 'warning', ...pages])).toBe('');
});

it.skipIf(isMissing('groff'))('has pages that groff accepts', () => {
  for (const path of pages) expect(outputOf('groff', ['-man', '-ww', '-z', '-Tutf8', path])).toBe('');
});

it.skipIf(isMissing('man'))('has pages that man finds and shows', () => {
  const shown = outputOf('man', ['-M', folder, 'shop-queue-retry']);
  expect(shown).toMatch(/^NAME\n +shop-queue-retry +- +Retry +failed +requests/m);
  expect(shown).toContain('shop queue retry --all --since 1h --dry-run\n');
});
