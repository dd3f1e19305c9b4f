/*
 * Arithmetic with local times, in the time zone of the process (`applyTimeZone`). `Date` follows the rules of
 * ECMAScript: a time that the clocks skip is moved forward by the length of the gap, and a time that occurs twice is
 * the earlier one.
 */

const TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(?:(Z)|([+-]\d{2})(?::?(\d{2}))?)?)?$/;

/** Length of a time of day with milliseconds. */
const MILLISECONDS = '00:00:00.000'.length;

/**
 * Parses a time in ISO 8601 or as tables show it. A time without a zone is local; a date alone is the start of that day.
 * Returns null for any other text.
 */
export function parseIsoOrLocal(text: string): Date | null {
  const [, date = '', timeOfDay = '00:00', utc = '', hours, minutes = '00'] = TIME.exec(text) ?? [];
  // `Date` would read a date alone as UTC, and February 30 as March 2
  const midnight = new Date(`${date}T00:00Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== date) return null;
  const zone = hours === undefined ? utc : `${hours}:${minutes}`;
  const time = new Date(`${date}T${timeOfDay.slice(0, MILLISECONDS)}${zone}`);
  return Number.isNaN(time.getTime()) ? null : time;
}

export type CalendarUnit = 'day' | 'month';

/** A day or a month. */
export interface Period {
  /** The name in ISO 8601, such as `2026-11-29` or `2026-11`. */
  readonly name: string;
  readonly start: Date;
}

/** Returns the start of the unit that contains `time`, or of the unit that is `later` units after it. */
export function startOfUnit(unit: CalendarUnit, time: Date, later = 0): Date {
  const [year, month, day] = [time.getFullYear(), time.getMonth(), time.getDate()];
  return unit === 'day' ? new Date(year, month, day + later) : new Date(year, month + later, 1);
}

/**
 * Returns all units from the unit of `first` to the unit of `last`. If there are more than `most`, returns the first
 * `most` + 1, so that the caller can refuse them.
 */
export function unitsBetween(unit: CalendarUnit, first: Date, last: Date, most: number): Period[] {
  const periods: Period[] = [];
  for (let index = 0; periods.length <= most; index++) {
    const start = startOfUnit(unit, first, index);
    if (start > last) break;
    // a zone that moves across the date line skips a day; the skipped day then has the same start as the next day
    if (start.getTime() !== periods.at(-1)?.start.getTime()) periods.push({ name: nameOf(unit, start), start });
  }
  return periods;
}

function nameOf(unit: CalendarUnit, start: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const month = `${start.getFullYear()}-${two(start.getMonth() + 1)}`;
  return unit === 'day' ? `${month}-${two(start.getDate())}` : month;
}
