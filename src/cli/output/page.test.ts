import { afterEach, expect, it, vi } from 'vitest';
import { ENGLISH } from '../i18n/language.ts';
import { pageOf } from './page.ts';

afterEach(() => vi.unstubAllEnvs());

/** Returns a stream with the properties that a page depends on. */
const stream = (isTTY: boolean, columns?: number) => ({ isTTY, columns }) as NodeJS.WriteStream;

it.each([
  { env: {}, terminal: true, pipe: false },
  { env: { NO_COLOR: '1' }, terminal: false, pipe: false },
  { env: { NO_COLOR: '0' }, terminal: false, pipe: false },
  // according to no-color.org, an empty value has no effect
  { env: { NO_COLOR: '' }, terminal: true, pipe: false },
  { env: { FORCE_COLOR: '' }, terminal: true, pipe: true },
  { env: { FORCE_COLOR: '1' }, terminal: true, pipe: true },
  { env: { FORCE_COLOR: '3' }, terminal: true, pipe: true },
  { env: { FORCE_COLOR: '0' }, terminal: false, pipe: false },
  { env: { FORCE_COLOR: 'false' }, terminal: false, pipe: false },
  { env: { FORCE_COLOR: '1', NO_COLOR: '1' }, terminal: true, pipe: true },
  { env: { TERM: 'dumb' }, terminal: false, pipe: false },
])('has colours with $env: on a terminal $terminal, in a pipe $pipe', ({ env, terminal, pipe }) => {
  for (const name of ['NO_COLOR', 'FORCE_COLOR', 'TERM']) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  expect([pageOf(stream(true), ENGLISH).colors, pageOf(stream(false), ENGLISH).colors]).toEqual([terminal, pipe]);
});

it('has the width of the terminal, and no limit elsewhere', () => {
  expect(pageOf(stream(true, 132), ENGLISH)).toMatchObject({ terminal: true, width: 132 });
  expect(pageOf(stream(true, 0), ENGLISH)).toMatchObject({ terminal: true, width: 80 });
  expect(pageOf(stream(false), ENGLISH)).toMatchObject({ terminal: false, width: null });
});

it.each([
  [{}, true],
  [{ LANG: 'en_US.UTF-8' }, true],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
  [{ LANG: 'C', LC_CTYPE: 'C.utf8' }, true],
  [{ LANG: 'ko_KR.eucKR' }, false],
  [{ NO_COLOR: '1', LANG: 'C.UTF-8' }, true],
  [{ TERM: 'dumb', LANG: 'C.UTF-8' }, false],
])('has symbols on a terminal with %j: %s', (env, symbols) => {
  for (const name of ['TERM', 'NO_COLOR', 'LC_ALL', 'LC_CTYPE', 'LANG']) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  expect(pageOf(stream(true), ENGLISH).symbols).toBe(symbols);
});
