import { expect, it } from 'vitest';
import { phrase } from '../../domain/phrase.ts';
import { RefusedRows } from './refused-row.ts';

it('prints 20 rows for people, then the number of the other rows and the file that contains all of them', async () => {
  for (const [count, results, last] of [
    [20, undefined, 'line 20: name is missing'],
    [21, undefined, '1 more row was refused. Add `--results refused.csv` to write all refused rows to a file.'],
    [1_234, 'r.csv', '1,214 more rows were refused. All refused rows will be written to r.csv.'],
  ] as const) {
    const lines: string[] = [];
    const say = async (line: unknown) => void lines.push(String(line));
    const rows = new RefusedRows({ jsonErrors: false, quiet: false, streams: process, say }, results);
    for (let line = 1; line <= count; line += 1)
      await rows.report({ line, code: 'INVALID_INPUT', reason: phrase('name is missing') });
    await rows.end();
    expect(lines).toHaveLength(Math.min(count, 21));
    expect(lines.at(-1)).toBe(last);
  }
});
