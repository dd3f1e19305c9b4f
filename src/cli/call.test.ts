import { expect, it } from 'vitest';
import { type Call, lineOf } from './call.ts';

const CALL: Call = {
  words: ['shop', 'request', 'list'],
  args: [],
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

it('puts arguments before the options, unless one begins with a hyphen', () => {
  const call: Call = { words: ['shop', 'batch', 'run'], args: ['-'], options: { '--name': 'november' } };
  expect(lineOf(call, {})).toBe('shop batch run - --name november');
  expect(lineOf({ ...call, args: ['-x.csv'] }, {})).toBe('shop batch run --name november -- -x.csv');
});
