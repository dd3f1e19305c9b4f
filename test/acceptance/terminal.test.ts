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
  expect(terminal.screen).toMatch(/^NAME +Corner Cafe$/m);
  expect(await shop.sql('SELECT name FROM users')).toEqual([{ name: 'Corner Cafe' }]);
});

it('exits with 130 and a visible cursor on Ctrl-C at a prompt', async () => {
  const terminal = shop.startOnTerminal(['user', 'create']);
  await terminal.shows(/\? name/);
  terminal.type(KEYS.ctrlC);
  expect(await terminal.ended).toEqual({ status: 130, signal: null });
  expect(terminal.written.lastIndexOf('\u001b[?25h')).toBeGreaterThan(terminal.written.lastIndexOf('\u001b[?25l'));
});
