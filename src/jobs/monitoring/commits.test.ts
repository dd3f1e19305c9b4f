import { expect, it } from 'vitest';
import type { DecidedRequest } from '../../domain/apply/apply.ts';
import { summarizeCommit } from './commits.ts';

const APPLIED: DecidedRequest = { id: 1, kind: 'charge', status: 'applied', code: null, waitedMs: 20 };
const REFUSED: DecidedRequest = { id: 5, kind: 'order', status: 'refused', code: 'INSUFFICIENT_STOCK', waitedMs: 0 };

it('counts decisions by kind, outcome and code, and adds the duration of the transaction to each wait', () => {
  const commit = summarizeCommit(
    [
      APPLIED,
      { ...APPLIED, id: 2 },
      { ...APPLIED, id: 3, kind: 'order' },
      { ...REFUSED, id: 4, code: 'USER_BLOCKED' },
      REFUSED,
    ],
    4,
  );
  expect(commit).toEqual({
    outcomes: [
      { kind: 'charge', outcome: 'applied', code: null, count: 2 },
      { kind: 'order', outcome: 'applied', code: null, count: 1 },
      { kind: 'order', outcome: 'refused', code: 'USER_BLOCKED', count: 1 },
      { kind: 'order', outcome: 'refused', code: 'INSUFFICIENT_STOCK', count: 1 },
    ],
    waitsMs: [24, 24, 24, 4, 4],
    range: { first: 1, last: 5 },
    ms: 4,
  });
});

it('does not report a transaction that decided nothing', () => {
  expect(summarizeCommit([], 4)).toBeNull();
});
