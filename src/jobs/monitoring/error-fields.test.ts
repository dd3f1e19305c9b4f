import { expect, it } from 'vitest';
import { errorFields } from './error-fields.ts';

it('returns the message of a wrapped error once, its causes in the stack, and no fields of drivers', () => {
  const error = new Error('no room', { cause: new Error('no room') });
  expect(errorFields(Object.assign(error, { code: 'ER_DISK_FULL', sql: 'SECRET' }))).toEqual({
    type: 'Error',
    message: 'no room',
    stack: expect.stringMatching(/^Error: no room\n[\s\S]+\ncaused by: Error: no room\n/),
    code: 'ER_DISK_FULL',
  });
});
