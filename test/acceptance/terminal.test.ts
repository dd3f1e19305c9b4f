import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';
import { KEYS } from '../support/terminal.ts';

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create();
});

afterAll(async () => {
  await shop.close();
});

it('prints a table on a terminal, and prompts for missing arguments', async () => {
  const terminal = shop.startOnTerminal(['user', 'create'], { columns: 60, rows: 20 });
  await terminal.shows(/\? name/);
  terminal.type('Corner Cafex');
  await terminal.shows('Cafex');
  terminal.type(`${KEYS.backspace}${KEYS.enter}`);
  expect(await terminal.ended).toEqual({ status: 0, signal: null });
  expect(terminal.screen).toMatch(/^✓ User Corner Cafe \(\d+\) created\.$/m);
  expect(await shop.sql('SELECT name FROM users')).toEqual([{ name: 'Corner Cafe' }]);
});

it('exits with 130 and a visible cursor on Ctrl-C at a prompt', async () => {
  const terminal = shop.startOnTerminal(['user', 'create']);
  await terminal.shows(/\? name/);
  terminal.type(KEYS.ctrlC);
  expect(await terminal.ended).toEqual({ status: 130, signal: null });
  expect(terminal.written.lastIndexOf('\u001b[?25h')).toBeGreaterThan(terminal.written.lastIndexOf('\u001b[?25l'));
});

it.each([
  [{}, '\u001b[32m✓\u001b[39m User '],
  [{ NO_COLOR: '1' }, '✓ User '],
  [{ LC_ALL: 'C', NO_COLOR: '1' }, 'OK User '],
  [{ LC_ALL: 'C' }, '\u001b[32mOK\u001b[39m User '],
  [{ TERM: 'dumb' }, 'OK User '],
])('begins the first line on a terminal with a check mark, or OK: with %j, %j', async (env, start) => {
  const common = { TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', NO_COLOR: '' };
  const terminal = shop.startOnTerminal(['user', 'create', 'Ann'], { env: { ...common, ...env } });
  expect((await terminal.ended).status).toBe(0);
  expect(terminal.written).toContain(`${start}Ann`);
});
