import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import stringWidth from 'string-width';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FORMATS } from '../../src/cli/global-options.ts';
import { runInProcess } from '../support/in-process.ts';
import { TestShop } from '../support/shop.ts';
import { KEYS } from '../support/terminal.ts';

const KOREAN = { SHOP_LANG: 'ko' };

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create();
  await shop.created(['user', 'create', 'Ann', '--reference', 'ann']);
  await shop.created(['user', 'create', '미래문방구']);
});

afterAll(async () => {
  await shop.close();
});

/** Runs a command in English and in Korean, in a pipe or on a terminal. */
async function inBoth(args: readonly string[], columns?: number) {
  const run = (language: string) =>
    runInProcess(args, { env: { ...shop.env, SHOP_LANG: language, NO_COLOR: '1' }, columns });
  return { english: await run('en'), korean: await run('ko') };
}

it('prints errors and hints in Korean, with the same exit status', async () => {
  expect(await shop.run(['user', 'show', '99'], { env: KOREAN })).toEqual({
    status: 4,
    stdout: '',
    stderr: 'shop: 사용자 99를 찾을 수 없습니다. `shop user list`로 사용자 목록을 확인하십시오.\n',
  });
  const inKorean = async (...args: string[]) => (await inBoth(args)).korean;
  expect(await inKorean('charge', '1', '0')).toMatchObject({
    status: 2,
    stderr:
      'shop: amount: 1에서 1,000,000,000,000까지의 정수여야 합니다 (입력값: "0"). `shop charge --help`를 보십시오.\n',
  });
  expect(await inKorean('usr')).toMatchObject({
    status: 2,
    stderr: 'shop: 알 수 없는 명령입니다: `usr`. 혹시 user입니까? `shop --help`를 보십시오.\n',
  });
  expect(await inKorean('order', 'list', '--status', 'plced')).toMatchObject({
    status: 2,
    stderr:
      'shop: --status: 다음 중 하나여야 합니다: placed, partially_returned, returned, cancelled. 혹시 placed입니까? `shop order list --help`를 보십시오.\n',
  });
});

it.each([
  ['user', 'show', '99'],
  ['user', 'import', '/nowhere.csv'],
  ['usr'],
  ['user', 'list', '--lim', '3'],
  ['user', 'list', 'a', 'b'],
  ['charge', '1'],
  ['charge', '1', 'x'],
  ['order', 'show', '1', '--timeout'],
])('does not translate errors for programs: shop %s', async (...args) => {
  const { english, korean } = await inBoth([...args.filter((word) => word !== undefined), '--json']);
  expect(english.status).not.toBe(0);
  expect(JSON.parse(english.stderr)).toHaveProperty('error.message');
  expect(korean).toEqual(english);
});

it.each([['user', 'list'], ['balance', 'history', '1'], ['audit'], ['db', 'status'], ['queue', 'status']])(
  'does not translate the output for programs: shop %s',
  async (...args) => {
    // the two runs poll at different times
    const withoutTimes = (text: string) => text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T');
    for (const format of FORMATS.filter((name) => name !== 'table')) {
      const { english, korean } = await inBoth([...args, '-o', format]);
      expect(withoutTimes(korean.stdout)).toBe(withoutTimes(english.stdout));
    }
    const { english, korean } = await inBoth([...args, '-o', 'table']);
    expect(korean.stdout).not.toBe(english.stdout);
  },
);

it('translates the names of columns, in a pipe too, and keeps columns aligned', async () => {
  for (const columns of [undefined, 80]) {
    const { stdout } = (await inBoth(['user', 'list', '-o', 'table'], columns)).korean;
    const [head = '', ...rows] = stdout.trimEnd().split('\n');
    expect(head.trim()).toMatch(/^ID {2}참조 {2,}이름 {2,}잔액 {2}생성 시각$/);
    const end = (line: string, text: string) => stringWidth(line.slice(0, line.indexOf(text)) + text);
    const start = (line: string, text: string) => stringWidth(line.slice(0, line.indexOf(text)));
    expect(rows).toHaveLength(2);
    for (const [row, name] of [
      [rows[0] ?? '', '미래문방구'],
      [rows[1] ?? '', 'Ann'],
    ] as const) {
      expect(start(row, name)).toBe(start(head, '이름'));
      expect(end(row, ' 0')).toBe(end(head, '잔액'));
    }
  }
  const { korean } = await inBoth(['order', 'list', '-o', 'table']);
  expect(korean.stdout).toBe('주문이 없습니다.\n');
});

it('prints help in the language of the locale, or of SHOP_LANG', async () => {
  const help = async (env: Record<string, string>) => (await shop.run(['order', 'place', '--help'], { env })).stdout;
  const unset = { SHOP_LANG: '', LC_ALL: '', LC_MESSAGES: '' };
  const korean = await help({ ...unset, LANG: 'ko_KR.UTF-8' });
  for (const text of [
    '사용법: shop order place <user> <items...> [options]\n\n포인트로 결제하여 주문합니다.\n\n인수:\n',
    '  user                   사용자의 ID 또는 @참조\n',
    '\n옵션:\n  --key <key>            멱등 키: 같은 키는 한 번만 적용됨 (기본값: 새 키)\n',
    '\n공통 옵션:\n',
    '\n예:\n  $ shop order place 1 1:2 3:1\n',
  ]) {
    expect(korean).toContain(text);
  }
  expect(await help({ ...unset, LC_ALL: 'ko_KR.UTF-8', LANG: 'C' })).toBe(korean);
  expect(await help({ ...unset, LC_ALL: 'C.UTF-8', LANG: 'ko_KR.UTF-8' })).toContain('Usage: shop order place');
  expect(await help({ SHOP_LANG: 'en', LC_ALL: 'ko_KR.UTF-8' })).toContain('Usage: shop order place');
});

it('refuses an unknown language, but still prints help', async () => {
  expect(await shop.run(['--help'], { env: { SHOP_LANG: 'fr' } })).toMatchObject({ status: 0, stderr: '' });
  for (const args of [
    ['user', 'list'],
    ['user', 'list', '--json'],
  ]) {
    const { status, stdout, stderr } = await shop.run(args, { env: { SHOP_LANG: 'fr' } });
    expect({ status, stdout }).toEqual({ status: 78, stdout: '' });
    expect(stderr).toContain('SHOP_LANG has a value that is not allowed.');
  }
});

it('prompts in Korean, with Korean choices and replies', async () => {
  const terminal = shop.startOnTerminal(['charge', '--no-wait'], { env: { ...KOREAN, NO_COLOR: '1' } });
  const screen = await terminal.shows('미래문방구');
  expect(screen).toContain('? 사용자 (ID, @참조 또는 이름의 일부)');
  expect(screen).toMatch(/ID +참조 +잔액 +이름\n/);
  expect(screen).toContain('↑↓ 이동 • ⏎ 선택');
  terminal.type('문방구');
  await terminal.shows((shown) => !shown.includes('Ann') && shown.includes('❯'));
  terminal.type(KEYS.enter);
  await terminal.shows('금액 (포인트 수, 1~1,000,000,000,000)');
  terminal.type(`5,000${KEYS.enter}`);
  await terminal.shows(
    '> amount: 1에서 1,000,000,000,000까지의 정수를 1200처럼 숫자로만 써야 합니다 (입력값: "5,000")',
  );
  terminal.type(`${KEYS.ctrlU}5000${KEYS.enter}`);
  await terminal.shows('미래문방구 (2)에게 5,000포인트를 충전할까요 (잔액 0 → 5,000)? (y/N)');
  terminal.type(`글쎄${KEYS.enter}`);
  await terminal.shows('"예"(y) 또는 "아니요"(n)로 답하십시오');
  terminal.type(`${KEYS.ctrlU}n${KEYS.enter}`);
  expect((await terminal.ended).status).toBe(0);
  expect(terminal.screen).toContain('5,000)? 아니요\n아무것도 보내지 않았습니다.');
});

it('documents SHOP_LANG among the settings', () => {
  const page = readFileSync(fileURLToPath(new URL('../../docs/configuration.md', import.meta.url)), 'utf8');
  expect(page).toMatch(/^\| `SHOP_LANG` \|.*`en` or `ko`.*\|$/m);
});
