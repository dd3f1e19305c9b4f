import { expect, it } from 'vitest';
import { type Call, lineOf } from './call.ts';

const CALL: Call = {
  words: ['shop', 'request', 'list'],
  options: { '--actor': "Ann O'Hara", '--limit': '5', '--json': true },
};

it('quotes values for a shell', () => {
  expect(lineOf(CALL, {})).toBe("shop request list --actor 'Ann O'\\''Hara' --limit 5 --json");
});

it('adds, replaces and removes options', () => {
  expect(lineOf(CALL, { '--limit': undefined, '--actor': 'bob', '--all': true })).toBe(
    'shop request list --actor bob --json --all',
  );
});
