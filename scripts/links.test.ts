import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { brokenLinks } from '../test/support/links.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

it('every relative link in the documentation leads to an existing file and heading', () => {
  const pages = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean);
  expect(pages).toContain('README.md');
  expect(pages.flatMap((page) => brokenLinks(root, page))).toEqual([]);
});
