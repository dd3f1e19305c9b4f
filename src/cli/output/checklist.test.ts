import { expect, it } from 'vitest';
import { phrase } from '../../domain/phrase.ts';
import { type ChecklistEntry, drawChecklist } from './checklist.ts';
import { PLAIN } from './page.ts';

const PASSED: ChecklistEntry = { result: 'passed', lines: [{ mark: 'done', text: phrase('The server responds') }] };
const FAILED: ChecklistEntry = {
  result: 'failed',
  lines: [
    { mark: 'failed', text: phrase('Keys may go.'), hint: phrase('Set noeviction.') },
    { mark: 'failed', text: phrase('Memory is full.') },
  ],
};
const UNCHECKED: ChecklistEntry = { result: 'not checked', lines: [{ mark: 'skipped', text: phrase('no server') }] };

it('draws a line for each check, the hint below each fault, and the counts in the last line', () => {
  expect(drawChecklist([PASSED, FAILED, UNCHECKED], { ...PLAIN, symbols: true })).toEqual([
    '✓ The server responds',
    '✗ Keys may go.',
    '  Set noeviction.',
    '✗ Memory is full.',
    '- no server',
    '',
    '1 check passed, 1 failed, 1 not checked.',
  ]);
});

it('leaves out counts of 0, and uses words without symbols', () => {
  expect(drawChecklist([PASSED, PASSED], PLAIN)).toEqual([
    'OK The server responds',
    'OK The server responds',
    '',
    '2 checks passed.',
  ]);
});
