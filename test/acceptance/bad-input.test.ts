import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

// These tests check how the program handles invalid input. The parsers' unit tests in src have the full tables.
let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  await shop.ok(['user', 'create', 'Ann', '--reference', 'ann']);
  await shop.ok(['product', 'create', 'Pen', '--price', '100', '--stock', '10']);
});

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

async function everything(): Promise<unknown> {
  return [await shop.snapshot(), await shop.sql('SELECT * FROM requests'), await shop.sql('SELECT * FROM outcomes')];
}

const LONG = 'x'.repeat(10_001);

it.each<{ field: string; args: readonly string[] }>([
  { field: 'user', args: ['charge', '-1', '5'] },
  { field: 'user', args: ['charge', "1' OR '1'='1", '5'] },
  { field: 'user', args: ['order', 'place', '@', '1'] },
  { field: 'user', args: ['balance', '9007199254740992'] },
  // arguments are checked in order, and before options
  { field: 'user', args: ['charge', 'x', '0', '--timeout', '5'] },
  { field: 'amount', args: ['charge', '1', '0', '--timeout', '5'] },
  { field: 'amount', args: ['charge', '1', '0'] },
  { field: 'amount', args: ['charge', '1', '-5'] },
  { field: 'amount', args: ['charge', '1', '1e3'] },
  { field: 'amount', args: ['charge', '1', '1000000000001'] },
  { field: 'amount', args: ['charge', '1', ''] },
  { field: 'key', args: ['charge', '1', '5', '--key', ''] },
  { field: 'key', args: ['request', 'cancel', 'a b'] },
  { field: '--timeout', args: ['request', 'cancel', '1', '--timeout', '5'] },
  { field: 'key', args: ['charge', '1', '5', '--key', 'a b'] },
  { field: 'key', args: ['charge', '1', '5', '--key', LONG] },
  { field: '--timeout', args: ['charge', '1', '5', '--timeout', '5'] },
  { field: 'actor', args: ['charge', '1', '5', '--actor', 'a\u001bb'] },
  { field: 'product', args: ['order', 'place', '1', '1; DROP TABLE users'] },
  { field: 'quantity', args: ['order', 'place', '1', '1:1.5'] },
  { field: 'quantity', args: ['order', 'place', '1', '1:600000', '1:600000'] },
  { field: 'order', args: ['order', 'cancel', '0'] },
  { field: 'order', args: ['order', 'return', '1.5', '1'] },
  { field: 'product', args: ['order', 'return', '1', ''] },
  { field: 'quantity', args: ['order', 'return', '1', '1:0'] },
  { field: '--reason', args: ['order', 'return', '1', '1', '--reason', ' '] },
  { field: 'quantity', args: ['product', 'restock', '1', '0'] },
  { field: '--by', args: ['balance', 'adjust', '1', '--by', '0', '--reason', 'x'] },
  { field: '--by', args: ['balance', 'adjust', '1', '--by=-1000000000001', '--reason', 'x'] },
  { field: '--by', args: ['product', 'adjust', '1', '--by', '1.5', '--reason', 'x'] },
  { field: '--to', args: ['product', 'adjust', '1', '--to', '-1', '--reason', 'x'] },
  { field: '--expect', args: ['product', 'adjust', '1', '--to', '1', '--expect', 'all', '--reason', 'x'] },
  { field: '--reason', args: ['balance', 'adjust', '1', '--by', '1', '--reason', ' '] },
  { field: '--reason', args: ['charge', '1', '5', '--reason', LONG] },
  { field: 'price', args: ['product', 'reprice', '1', '0x10'] },
  { field: 'price', args: ['product', 'edit', '1', '--price', '0'] },
  { field: 'name', args: ['product', 'edit', '1', '--name', ''] },
  { field: 'reference', args: ['user', 'edit', '1', '--reference', 'a b'] },
  { field: '--reason', args: ['user', 'block', '1', '--reason', '\u200b'] },
  { field: '--reason', args: ['user', 'block', '1', '--reason', 'x'.repeat(201)] },
  { field: '--type', args: ['product', 'history', '1', '--type', 'Sale'] },
  { field: 'stock', args: ['product', 'create', 'Cup', '--price', '1', '--stock', '-1'] },
  { field: 'name', args: ['user', 'create', ' \t '] },
  { field: 'name', args: ['user', 'create', LONG] },
  { field: 'reference', args: ['user', 'create', 'Bo', '--reference', 'a:b'] },
  { field: '--limit', args: ['user', 'list', '--limit', '0'] },
  { field: '--after', args: ['order', 'list', '--after', '١'] },
  { field: '--after', args: ['activity', 'list', '--after', '5'] },
  { field: '--since', args: ['order', 'list', '--since', '2026-02-30'] },
  { field: '--status', args: ['request', 'list', '--status', 'Pending'] },
  { field: '--output', args: ['user', 'list', '--output', 'xml'] },
  { field: '--json', args: ['user', 'list', '--json', '--output', 'csv'] },
])('refuses an invalid $field and changes nothing: $args', async ({ field, args }) => {
  const before = await everything();
  const { status, stdout, stderr } = await shop.run(args.includes('--json') ? args : [...args, '--json']);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  const { error } = JSON.parse(stderr);
  expect(error).toMatchObject({ code: 'INVALID_INPUT', details: { field } });
  expect(error.message.startsWith(field)).toBe(true);
  // the message shows the input, but not all of ten thousand characters
  expect(stderr.length).toBeLessThan(700);
  expect(await everything()).toEqual(before);
});

it('explains invalid input to people in one line', async () => {
  expect((await shop.run(['charge', '1', '1.5'])).stderr).toBe(
    'shop: amount must be a whole number from 1 to 1,000,000,000,000, not "1.5". See `shop charge --help`.\n',
  );
  for (const [command, args] of [
    ['balance adjust', ['charge', '1', '-5']],
    ['product adjust', ['product', 'restock', '1', '-5']],
  ] as const) {
    expect((await shop.refused(args)).hint).toMatch(new RegExp(`^To subtract \\w+, run \`shop ${command} <`));
  }
});
