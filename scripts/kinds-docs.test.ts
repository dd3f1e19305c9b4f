import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { EXIT_CODES, exitStatusOf } from '../src/cli/exit-codes.ts';
import type { ErrorCode } from '../src/domain/errors.ts';
import { FAILURE_CODES, KIND_LIST } from '../src/domain/requests/kinds/index.ts';

/** Returns the code spans of each row of a page's tables, by the row's first cell. */
function readRows(page: string): ReadonlyMap<string, readonly string[]> {
  const text = readFileSync(new URL(`../${page}`, import.meta.url), 'utf8');
  return new Map(
    [...text.matchAll(/^\| `?([^|`]+)`? \|(.*)\|$/gm)].map(([, first = '', others = '']) => [
      first,
      [...others.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code),
    ]),
  );
}

it.each(KIND_LIST)('docs/files.md has the columns of the kind $name', ({ name, row }) => {
  const { required, optional = [] } = row;
  expect(readRows('docs/files.md').get(name)).toEqual(expect.arrayContaining([...required.flat(), ...optional]));
});

it.each(KIND_LIST)('docs/architecture.md has the commands of the kind $name', ({ name, activity: { actions } }) => {
  const commands = actions.map((action) => action.name);
  expect(readRows('docs/architecture.md').get(name)).toEqual(expect.arrayContaining(commands));
});

it('the README has each error code in the row of its exit code', () => {
  const rows = readRows('README.md');
  const codes = [...(Object.keys(EXIT_CODES) as ErrorCode[]), ...FAILURE_CODES];
  expect(codes.filter((code) => rows.get(String(exitStatusOf(code)))?.includes(code) !== true)).toEqual([]);
});
