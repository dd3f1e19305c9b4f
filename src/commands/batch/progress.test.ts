import { expect, it, vi } from 'vitest';
import type { Context } from '../../cli/context.ts';
import { KOREAN } from '../../cli/i18n/korean.ts';
import { ENGLISH } from '../../cli/i18n/language.ts';
import { type Page, PLAIN } from '../../cli/output/page.ts';
import { widthOf } from '../../cli/output/text.ts';
import { BatchProgressDisplay, drawProgress, inWords } from './progress.ts';

const PAGE: Page = { ...PLAIN, symbols: true };
const HUGE = {
  sent: 1_234_567,
  lastLine: 1_234_568,
  decided: 1_230_000,
  total: 10_000_000,
  rate: 12_345,
  secondsLeft: 712,
};

it.each([
  ['English', ENGLISH],
  ['Korean', KOREAN],
])('fits any terminal with a bar, the rate and the time left in %s', (_, language) => {
  for (const width of [50, 60, 80, 120]) {
    const line = drawProgress({ ...HUGE, words: inWords(HUGE) }, { ...PAGE, language, width });
    expect(widthOf(line)).toBeLessThanOrEqual(width);
    expect(line).toMatch(/[█░]{8,} {2}12 %/);
    expect(line).toContain('11');
    if (width >= 60) expect(line).toContain('12,345');
  }
});

it('leaves out the rows first', () => {
  const draw = (width: number) => drawProgress({ ...HUGE, words: inWords(HUGE) }, { ...PAGE, width });
  expect(draw(140)).toBe(
    '██░░░░░░░░░░░░░░░░░░░░░░  12 %  1,234,567 of about 10,000,000 rows sent, 1,230,000 decided, 12,345 a second, about 11 min 52 s left',
  );
  expect(draw(80)).toMatch(/^█░+ {2}12 % {2}1,230,000 decided, 12,345 a second, about 11 min 52 s left$/);
});

it('prints no rate before the second sample', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const lines: string[] = [];
    const stderr = { write: (line: string) => lines.push(line) };
    const context = { streams: { stderr }, language: ENGLISH } as unknown as Context;
    const display = new BatchProgressDisplay(context, () => 1);
    for (const decided of [9_000, 9_000, 12_000]) {
      vi.advanceTimersByTime(5_000);
      display.update({ sent: 12_000, lastLine: 12_001, decided });
    }
    expect(lines).toEqual([
      '12,000 rows sent, 9,000 decided\n',
      '12,000 rows sent, 9,000 decided, 0 a second\n',
      '12,000 rows sent, 12,000 decided, 300 a second, about 0 s left\n',
    ]);
  } finally {
    vi.useRealTimers();
  }
});

it('is full if more rows are decided than were estimated', () => {
  expect(drawProgress({ decided: 9, total: 8, words: inWords(HUGE) }, { ...PAGE, width: 60 })).toMatch(/^█+ 100 %/);
});
