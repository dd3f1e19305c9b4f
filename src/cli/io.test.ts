import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { write } from './io.ts';

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
