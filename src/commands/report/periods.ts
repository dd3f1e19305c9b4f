import { type CalendarUnit, startOfUnit, unitsBetween } from '../../cli/local-time.ts';
import { type OptionValues, timeOption } from '../../cli/options.ts';
import { invalid } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import type { Periods } from '../../domain/reports/periods.ts';

/** Number of days or months that a report has if neither `--since` nor `--limit` is given. */
const DEFAULT_PERIODS = { day: 30, month: 12 } as const;
const MAX_PERIODS = 1_000;

/** Options for the time span of a report. */
export const SPAN_OPTIONS = {
  since: timeOption(
    '--since <time>',
    'start of the report (default: the report covers 30 days, or 12 months with --by month)',
  ),
  until: timeOption(
    '--until <time>',
    'end of the report (default: now); if a date is given, the report ends before that day',
  ),
} as const;

/** The values of `SPAN_OPTIONS`. */
export type GivenSpan = OptionValues<typeof SPAN_OPTIONS>;

/** The days or months of a report, with their names. */
export interface NamedPeriods extends Periods {
  readonly names: readonly string[];
  /** The time at which the report begins. */
  readonly first: Date;
}

/** Returns the time at which a report by product or user begins. @throws ShopError `INVALID_INPUT` */
export function firstTime({ since, until }: GivenSpan, now: Date): Date {
  requireTime({ since, until }, now);
  return since ?? startOfUnit('day', lastTime(until, now), 1 - DEFAULT_PERIODS.day);
}

/**
 * Returns the days or months of a report. The first period begins at `since` if `since` is within it.
 *
 * @param limit maximum number of periods. Older ones are left out.
 * @throws ShopError `INVALID_INPUT` if there are more than 1,000 periods, or if a report that ends now would begin in
 * the future
 */
export function reportPeriods(
  unit: CalendarUnit,
  { since, until }: GivenSpan,
  now: Date,
  limit?: number,
): NamedPeriods {
  requireTime({ since, until }, now);
  const last = lastTime(until, now);
  const newest = startOfUnit(unit, last, 1 - (limit ?? DEFAULT_PERIODS[unit]));
  const isCut = since === undefined || (limit !== undefined && since < newest);
  const first = isCut ? newest : since;
  const periods = unitsBetween(unit, first, last, MAX_PERIODS);
  if (periods.length > MAX_PERIODS) {
    throw invalid('--since', phrase('is too early: a report has at most 1,000 days or months'));
  }
  return {
    names: periods.map(({ name }) => name),
    starts: periods.map(({ start }) => (start < first ? first : start)),
    until,
    first,
  };
}

/** Requires that a report without `--until`, which ends now, begins in the past. */
function requireTime({ since, until }: GivenSpan, now: Date): void {
  if (until === undefined && since !== undefined && since > now)
    throw invalid('--since', phrase('must be in the past'));
}

function lastTime(until: Date | undefined, now: Date): Date {
  return until === undefined ? now : new Date(until.getTime() - 1);
}
