import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { visible, write } from './io.ts';

it.each([
  ['plain text, 한국어 🙂', 'plain text, 한국어 🙂'],
  ['a\tb\nc\rd', 'a\\tb\\nc\\rd'],
  ['\u001b[31mred', '\\x1b[31mred'],
  ['\0\u0007\u007f', '\\x00\\x07\\x7f'],
  ['\u009b2J', '\\x9b2J'],
  ['\u2028\u2029', '\\u2028\\u2029'],
  ['\u202eabc\u2066', '\\u202eabc\\u2066'],
])('shows %j as %s', (text, shown) => expect(visible(text)).toBe(shown));

it('leaves no control character in anything', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(visible(text)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});

it('waits for a slow reader, so that memory stays flat', async () => {
  const stream = new PassThrough({ highWaterMark: 8 });
  const states: string[] = [];
  const writing = write(stream as unknown as NodeJS.WriteStream, 'longer than eight bytes').then(() => {
    states.push('written');
  });
  await new Promise(setImmediate);
  expect(states).toEqual([]);
  stream.resume();
  await writing;
  expect(states).toEqual(['written']);
});
