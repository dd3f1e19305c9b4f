import { expect, it } from 'vitest';
import { DatabaseError } from './errors.ts';

const serverError = (errno: number) => new DatabaseError(Object.assign(new Error('no'), { errno, code: 'ER_ANY' }));

it.each([1290, 1836, 3032, 3100, 3101, 3796, 3797, 3798, 3799])(
  'classifies %i as an outage of a server that accepts no writes',
  (errno) => expect(serverError(errno)).toMatchObject({ kind: 'outage', takesNoWrites: true }),
);

it.each([
  [1205, 'conflict'],
  [1213, 'conflict'],
  [1040, 'outage'],
  [3098, 'outage'],
  [1062, 'statement'],
])('classifies %i as %s on a server that accepts writes', (errno, kind) =>
  expect(serverError(errno)).toMatchObject({ kind, takesNoWrites: false }),
);
