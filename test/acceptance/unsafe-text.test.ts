import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

const ESC = '\u001b';
/** Characters that are valid in a name and could break an output format. */
const NAME = `a\tb\nc\rd${ESC}[31mred${ESC}[0m "q" 'p', ; \\n \u0007\u007f\u009b2J \u202eback\u2028\u200b\u3164 한국어 🙂 <b> $(x) =1+1`;
const VISIBLE =
  'a\\tb\\nc\\rd\\x1b[31mred\\x1b[0m "q" \'p\', ; \\n \\x07\\x7f\\x9b2J \\u202eback\\u2028\\u200b\\u3164 한국어 🙂 <b> $(x) =1+1';
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters must not be printed
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u2028\u202e\u3164]/;

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  await shop.startWorker();
  await shop.ok(['user', 'create', NAME]);
  await shop.ok(['product', 'create', NAME, '--price', '1', '--stock', '1']);
  await shop.ok(['charge', '1', '100']);
  await shop.ok(['order', 'place', '1', '1']);
});

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

async function printed(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await shop.run(args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

it.each(['json', 'jsonl'])('prints the same name in %s, with unsafe characters escaped', async (format) => {
  for (const args of [
    ['user', 'show', '1'],
    ['product', 'show', '1'],
    ['balance', '1'],
  ]) {
    const text = await printed(...args, '-o', format);
    expect(text).not.toMatch(CONTROLS);
    expect(text.indexOf('\n')).toBe(text.length - 1);
    expect(JSON.parse(text)).toMatchObject({ name: NAME });
  }
  const order = await printed('order', 'show', '2', '-o', format);
  expect(order).not.toMatch(CONTROLS);
  expect(JSON.parse(order).lines[0].name).toBe(NAME);
});

it('prints one row of tab-separated values, which can be read back', async () => {
  const [header, row, ...rest] = (await printed('balance', '1')).split('\n');
  expect(header).toBe('userId\tname\tbalance');
  // a backslash in the name is doubled, so that no two names look the same
  expect(row).toBe(`1\t${VISIBLE.replace('; \\n ', '; \\\\n ')}\t99`);
  expect(rest).toEqual(['']);
  expect(row?.replaceAll('\t', '')).not.toMatch(CONTROLS);
});

it('quotes the name in CSV, and otherwise keeps the name unchanged', async () => {
  expect(await printed('balance', '1', '-o', 'csv')).toBe(
    `userId,name,balance\n1,"${NAME.replaceAll('"', '""')}",99\n`,
  );
});

it('makes unsafe characters in a name visible in tables', async () => {
  for (const args of [
    ['user', 'show', '1'],
    ['user', 'list'],
    ['order', 'show', '2'],
  ]) {
    const text = await printed(...args, '-o', 'table');
    expect(text).not.toMatch(CONTROLS);
    expect(text).toContain(VISIBLE);
  }
});

it('makes unsafe characters in a name visible in errors for people, and escapes them in errors for programs', async () => {
  const order = ['order', 'place', '1', '1:2', '--key', 'too-many'];
  const { status, stdout, stderr } = await shop.run(order);
  expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
  expect(stderr).toContain(`product 1 (${VISIBLE}): 2 requested, 0 left`);
  expect(stderr.indexOf('\n')).toBe(stderr.length - 1);
  const json = await shop.run([...order, '--json']);
  const verbose = await shop.run([...order, '--verbose']);
  for (const text of [stderr, json.stderr, verbose.stderr]) expect(text).not.toMatch(CONTROLS);
  expect(JSON.parse(json.stderr).error.details.shortages[0].name).toBe(NAME);
});

it('makes unsafe characters in typed input visible in errors', async () => {
  const typed = `${ESC}]0;title\u0007\n9\u202e`;
  for (const args of [
    ['user', 'show', typed],
    ['charge', '1', typed],
    ['user', 'list', '--limit', typed],
    ['user', 'list', '-o', typed],
    [`--${typed}`],
    [typed],
    ['user', typed],
  ]) {
    for (const flags of [[], ['--json'], ['--verbose']]) {
      const { status, stdout, stderr } = await shop.run([...args, ...flags]);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).not.toMatch(CONTROLS);
    }
  }
});
