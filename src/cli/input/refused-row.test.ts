import { expect, it } from 'vitest';
import { phrase } from '../../domain/phrase.ts';
import { RefusedRows } from './refused-row.ts';
import { NOT_UTF8 } from './rows.ts';

it('reports only the first row in another encoding, and all other refused rows', async () => {
  const lines: string[] = [];
  const say = async (line: unknown) => void lines.push(String(line));
  const rows = new RefusedRows({ jsonErrors: false, quiet: false, streams: process, say });
  const [encoding, name] = [phrase`row ${NOT_UTF8}`, phrase('name must not be blank')];
  for (const [line, reason] of [encoding, name, encoding, name].entries())
    await rows.report({ line: line + 2, code: 'INVALID_INPUT', reason });
  expect(lines).toEqual([
    'The file is not UTF-8, first in line 2. Convert it, for example with `iconv -f LATIN1 -t UTF-8`.',
    'line 3: name must not be blank',
    'line 5: name must not be blank',
  ]);
});
