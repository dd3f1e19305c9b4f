import { durationMs } from '../config/duration.ts';
import { HOST, MAX_PORT } from '../config/limits.ts';
import { ShopError } from '../domain/errors.ts';
import { invalid, parseWhole } from '../domain/input.ts';
import { phrase } from '../domain/phrase.ts';
import { parseIsoOrLocal } from './local-time.ts';

const MAX_DURATION_MS = 366 * 86_400_000;
/** The earliest accepted time. A very long age, such as `999999d`, would otherwise stand for a time before year 1. */
const EARLIEST = Date.parse('0001-01-01');

/** Parses a duration such as `500ms`, `30s`, `5m` or `3d` and returns milliseconds. @throws ShopError `INVALID_INPUT` */
export function parseDuration(field: string, text: string): number {
  const value = durationMs(text);
  if (!(value <= MAX_DURATION_MS))
    throw invalid(field, phrase('must be a duration such as 500ms, 30s, 5m, 2h or 3d, at most 366d'));
  return value;
}

/** Parses a time (see `parseIsoOrLocal`), or an age such as `2h`. @throws ShopError `INVALID_INPUT` */
export function parseTime(field: string, text: string, now: number = Date.now()): Date {
  const age = durationMs(text);
  const time = Number.isNaN(age) ? parseIsoOrLocal(text) : new Date(now - age);
  if (time !== null && time.getTime() >= EARLIEST) return time;
  throw invalid(
    field,
    phrase('must be a time such as 2026-01-31, 2026-01-31 09:30 or 2026-01-31T09:30:00Z, or an age such as 2h'),
  );
}

/** Parses a port. 0 stands for any free port. @throws ShopError `INVALID_INPUT` */
export function parsePort(field: string, text: string): number {
  return parseWhole(field, text, 0, MAX_PORT);
}

/** Parses a host name or an address. @throws ShopError `INVALID_INPUT` */
export function parseHost(field: string, text: string): string {
  if (!HOST.test(text)) throw invalid(field, phrase('must be a host name or an address'));
  return text;
}

/** Parses one of a few words. @throws ShopError `INVALID_INPUT` with the given word and the choices */
export function parseChoice<T extends string>(field: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((name) => name === text);
  if (choice !== undefined) return choice;
  throw new ShopError('INVALID_INPUT', {
    field,
    reason: phrase`must be one of ${choices.join(', ')}`,
    given: text,
    choices,
  });
}
