import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type CalendarUnit, parseIsoOrLocal, startOfUnit, unitsBetween } from './local-time.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

afterEach(() => {
  vi.unstubAllEnvs();
});

function parsed(zone: string, text: string): string | undefined {
  vi.stubEnv('TZ', zone);
  return parseIsoOrLocal(text)?.toISOString();
}

it.each([
  ['Asia/Seoul', '2026-11-29', '2026-11-28T15:00:00.000Z'],
  ['Asia/Seoul', '2026-11-29 14:53', '2026-11-29T05:53:00.000Z'],
  ['Asia/Seoul', '2026-11-29 14:53:07', '2026-11-29T05:53:07.000Z'],
  ['Asia/Seoul', '2026-11-29T14:53:07.5', '2026-11-29T05:53:07.500Z'],
  ['Asia/Seoul', '2026-11-29 14:53Z', '2026-11-29T14:53:00.000Z'],
  ['Asia/Seoul', '2026-11-29T14:53:00-03:30', '2026-11-29T18:23:00.000Z'],
  ['Asia/Seoul', '2026-11-29T14:53:00-0330', '2026-11-29T18:23:00.000Z'],
  ['Asia/Seoul', '2026-11-29T14:53:00+09', '2026-11-29T05:53:00.000Z'],
  ['Asia/Seoul', '2026-11-29T14:53:07.123456Z', '2026-11-29T14:53:07.123Z'],
  ['Asia/Kolkata', '2026-11-29', '2026-11-28T18:30:00.000Z'],
  ['Asia/Kathmandu', '2026-11-29', '2026-11-28T18:15:00.000Z'],
  ['America/New_York', '2026-03-08', '2026-03-08T05:00:00.000Z'],
  ['America/New_York', '2026-03-09', '2026-03-09T04:00:00.000Z'],
])('in %s, %s is %s', (zone, text, time) => expect(parsed(zone, text)).toBe(time));

it.each([
  ['America/New_York', '2026-03-08 02:30', '2026-03-08 03:30', '2026-03-08T07:30:00.000Z'],
  ['Australia/Lord_Howe', '2026-10-04 02:15', '2026-10-04 02:45', '2026-10-03T15:45:00.000Z'],
  // on this day, the clocks skip midnight
  ['Africa/Cairo', '2026-04-24', '2026-04-24 01:00', '2026-04-23T22:00:00.000Z'],
])('in %s, the skipped %s is %s', (zone, text, later, time) => {
  expect([parsed(zone, text), parsed(zone, later)]).toEqual([time, time]);
});

it.each([
  ['America/New_York', '2026-11-01 01:30', '2026-11-01T05:30:00.000Z'],
  ['Australia/Lord_Howe', '2026-04-05 01:45', '2026-04-04T14:45:00.000Z'],
])('in %s, the repeated %s is the earlier one', (zone, text, time) => expect(parsed(zone, text)).toBe(time));

/**
 * Returns a function that converts a time to the time on the clocks of a zone, as if the clocks showed UTC. The zone of
 * the process has no effect.
 */
function clockIn(zone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' },
  });
  return (time) => {
    const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
  };
}

const ZONES = [
  ...['UTC', 'Asia/Seoul', 'Asia/Kolkata', 'Asia/Kathmandu', 'America/New_York', 'Europe/London', 'Africa/Cairo'],
  ...['Australia/Lord_Howe', 'Pacific/Chatham', 'America/St_Johns', 'America/Havana', 'Asia/Beirut'],
];

/**
 * Dates of clock changes, near which most times are chosen: in New York, London, Cairo, Lord Howe, Chatham, and Havana.
 */
const NEAR = ['2026-03-08', '2026-03-29', '2026-04-05', '2026-04-24', '2026-10-04', '2026-10-25', '2026-11-01'];

const wallClock = fc
  .oneof(
    fc.tuple(fc.constantFrom(...NEAR.map((day) => Date.parse(day))), fc.integer({ min: -1_440, max: 2_880 })),
    fc.tuple(fc.constant(Date.parse('2026-01-01')), fc.integer({ min: 0, max: 365 * 1_440 })),
  )
  .map(([day, minutes]) => day + minutes * MINUTE_MS);

describe.each(ZONES)('in %s', (zone) => {
  const clock = clockIn(zone);

  it('a local time is the first moment when the clocks show it; a skipped time is moved by the length of the gap', () => {
    vi.stubEnv('TZ', zone);
    fc.assert(
      fc.property(wallClock, (wall) => {
        const time = parseIsoOrLocal(new Date(wall).toISOString().slice(0, 16))?.getTime();
        const offsets = Array.from({ length: 27 * 4 + 1 }, (_, quarter) => (14 * 60 - quarter * 15) * MINUTE_MS);
        const shown = offsets.map((offset) => wall - offset).find((candidate) => clock(candidate) === wall);
        const offsetBefore = clock(wall - DAY_MS) - (wall - DAY_MS);
        expect(time).toBe(shown ?? wall - offsetBefore);
      }),
      { numRuns: 100 },
    );
  });

  it.each(['day', 'month'] as const)('each %s begins when the clocks first show it', (unit: CalendarUnit) => {
    vi.stubEnv('TZ', zone);
    const [first, last] = [new Date('2025-12-31T12:00Z'), new Date('2027-01-02T12:00Z')];
    const periods = unitsBetween(unit, first, last, 1_000);
    const nameAt = (time: number) => new Date(clock(time)).toISOString().slice(0, unit === 'day' ? 10 : 7);
    for (const { name, start } of periods) {
      expect(nameAt(start.getTime())).toBe(name);
      expect(nameAt(start.getTime() - MINUTE_MS) < name).toBe(true);
    }
    const all = new Set<string>();
    for (let time = first.getTime(); time <= last.getTime(); time += 60 * MINUTE_MS) all.add(nameAt(time));
    expect(periods.map(({ name }) => name)).toEqual([...all]);
  });
});

it('a day that a zone skips is left out', () => {
  vi.stubEnv('TZ', 'Pacific/Apia');
  const [first, last] = [new Date('2011-12-29T12:00'), new Date('2012-01-01T12:00')];
  const names = unitsBetween('day', first, last, 10).map(({ name }) => name);
  expect(names).toEqual(['2011-12-29', '2011-12-31', '2012-01-01']);
});

it('units are counted from the one that contains a time', () => {
  vi.stubEnv('TZ', 'Asia/Seoul');
  const time = new Date('2026-03-31T20:00:00Z');
  const starts = [startOfUnit('day', time), startOfUnit('day', time, -1), startOfUnit('month', time, -2)];
  expect(starts.map((start) => start.toISOString())).toEqual([
    '2026-03-31T15:00:00.000Z',
    '2026-03-30T15:00:00.000Z',
    '2026-01-31T15:00:00.000Z',
  ]);
});
