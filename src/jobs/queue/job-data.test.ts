import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  decidedChannel,
  formatDecidedRange,
  jobId,
  keyPrefix,
  MAX_JOB_REQUESTS,
  parseApplyData,
  parseDecidedRange,
} from './job-data.ts';

it('accepts ids of requests', () => {
  const ids = fc.array(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), {
    minLength: 1,
    maxLength: MAX_JOB_REQUESTS,
    size: 'max',
  });
  fc.assert(
    fc.property(ids, (requestIds) => {
      // Redis returns JSON
      expect(parseApplyData(JSON.parse(JSON.stringify({ requestIds })))).toEqual({ requestIds });
    }),
    { numRuns: 20 },
  );
});

it.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['text', 'requestIds'],
  ['a number', 1],
  ['a list', [1]],
  ['an empty object', {}],
  ['no list of ids', { requestIds: 1 }],
  ['null for the ids', { requestIds: null }],
  ['something like a list', { requestIds: { 0: 1, length: 1 } }],
  ['no ids', { requestIds: [] }],
  ['too many ids', { requestIds: Array.from({ length: MAX_JOB_REQUESTS + 1 }, (_, index) => index + 1) }],
  ['an id of 0', { requestIds: [0] }],
  ['a negative id', { requestIds: [1, -1] }],
  ['a broken id', { requestIds: [1.5] }],
  ['an id beyond 2^53', { requestIds: [2 ** 53] }],
  ['NaN', { requestIds: [Number.NaN] }],
  ['infinity', { requestIds: [Number.POSITIVE_INFINITY] }],
  ['an id as text', { requestIds: ['1'] }],
  ['SQL', { requestIds: ['1) OR (1=1'] }],
  ['a list of lists', { requestIds: [[1]] }],
  ['an object as id', { requestIds: [{ toString: 1 }] }],
  ['null as id', { requestIds: [null] }],
  ['a boolean as id', { requestIds: [true] }],
  ['an extra field', { requestIds: [1], amount: 1_000_000 }],
  ['a prototype instead', JSON.parse('{"__proto__": {"requestIds": [1]}}')],
  ['a constructor', { constructor: { prototype: { requestIds: [1] } } }],
  ['a megabyte', { requestIds: 'x'.repeat(1_000_000) }],
])('rejects %s', (_, data) => {
  expect(parseApplyData(data)).toBeNull();
});

it('ignores a forged prototype', () => {
  const data = parseApplyData(JSON.parse('{"requestIds": [1], "__proto__": {"amount": 1}}'));
  // the data is either rejected or lacks the field
  expect((data as { amount?: number } | null)?.amount).toBeUndefined();
  expect(({} as { amount?: number }).amount).toBeUndefined();
});

it('accepts only this shape', () => {
  fc.assert(
    fc.property(fc.anything(), (data) => {
      const parsed = parseApplyData(data);
      if (parsed === null) return;
      expect(Object.keys(parsed)).toEqual(['requestIds']);
      expect(parsed.requestIds.every((id) => Number.isSafeInteger(id) && id > 0)).toBe(true);
    }),
  );
});

it('derives the same job id from the same requests, and a different one from other requests', () => {
  expect(jobId({ requestIds: [7] })).toBe('request-7');
  expect(jobId({ requestIds: [7, 8, 9] })).toBe(jobId({ requestIds: [7, 8, 9] }));
  const jobs = [[7], [8], [7, 8], [7, 9], [8, 9], [77], [7, 88], [7, 8, 9], [7, 9, 9]].map((requestIds) =>
    jobId({ requestIds }),
  );
  expect(new Set(jobs).size).toBe(jobs.length);
  // BullMQ rejects integer ids, and ids with a colon
  for (const id of jobs) expect(id).toMatch(/^[a-z][a-z0-9-]*$/);
});

it('keeps all keys of a shop in one hash slot', () => {
  expect(keyPrefix('shop')).toBe('{shop}');
  expect(decidedChannel('shop')).toBe('{shop}:decided');
});

it('parses the ranges that it formats', () => {
  for (const range of [
    { first: 1, last: 1 },
    { first: 7, last: 2_006 },
    { first: 1, last: Number.MAX_SAFE_INTEGER },
  ]) {
    expect(parseDecidedRange(formatDecidedRange(range))).toEqual(range);
  }
});

it.each([
  '',
  '-',
  '7',
  '7-',
  '-7',
  '0-7',
  '7-8-9',
  '1.5-7',
  '7-8\n',
  ' 7-8',
  '__proto__',
  '{"first":1}',
  '1e3-2e3',
  'x'.repeat(1_000_000),
])('parses no range from %.20s', (text) => {
  expect(parseDecidedRange(text)).toBeNull();
});
