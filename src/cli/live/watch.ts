import { setTimeout as delay } from 'node:timers/promises';
import { invalid } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import type { Context } from '../context.ts';
import { Interrupted } from '../interrupted.ts';
import { write } from '../io.ts';
import type { OptionSpec } from '../options.ts';
import { present } from '../output/formats.ts';
import { type Page, pageOf } from '../output/page.ts';
import type { Answer } from '../output/view.ts';
import { LiveScreen } from './screen.ts';

/** Time between two polls. */
const INTERVAL_MS = 1_000;
/**
 * After a slow poll, the pause is at least the poll's duration times this factor, so that polling does not load the
 * server.
 */
const PAUSE_FACTOR = 3;

export const WATCH_OPTION = {
  flags: '--watch',
  description:
    'refresh every second: show a live screen on a terminal, or print one row per poll with -o jsonl, csv or tsv',
} satisfies OptionSpec;

/** Data that is polled, and how to show it. */
export interface Watched<Data> {
  readonly read: () => Promise<Data>;
  /** Converts the data of one poll to an `Answer`, for output that is not a live screen. */
  readonly answer: (data: Data) => Answer;
  /** Draws the lines of the screen, within the width of the page. */
  readonly draw: (readings: Readings<Data>, page: Page) => readonly string[];
  /** Returns true if there is nothing more to see. */
  readonly done?: (readings: Readings<Data>) => boolean;
}

/** Data of a poll and of the previous poll. */
export interface Readings<Data> {
  readonly now: Data;
  readonly before: Data | null;
  /** Seconds between the two polls. */
  readonly seconds: number;
}

/** Returns the increase of a number per second, or null at the first poll. */
export function rate<Data>({ now, before, seconds }: Readings<Data>, value: (data: Data) => number): number | null {
  if (before === null || seconds <= 0) return null;
  return Math.max(Math.round((value(now) - value(before)) / seconds), 0);
}

/**
 * Shows every poll. Ends when there is nothing more to see, when `q` is typed, or when the reader of standard output
 * has closed it.
 *
 * @throws ShopError `INVALID_INPUT` for a format that can hold only one value; Interrupted on Ctrl-C.
 */
export async function watch<Data>(context: Context, { read, answer, draw, done }: Watched<Data>): Promise<undefined> {
  if (context.format === 'json')
    throw invalid('--watch', phrase('prints more than one value: use it with -o jsonl, csv or tsv'));
  const ended = new AbortController();
  const { stdout } = context.streams;
  // the error means that the reader of standard output has closed it
  const onError = () => ended.abort();
  stdout.once('error', onError);
  context.release(() => stdout.off('error', onError));
  context.describeInterruption(
    (signal) => new Interrupted(signal, phrase('Stopped watching.'), { hint: phrase('Nothing was changed.') }),
  );
  const screen = openScreen(context, ended);
  let before: { readonly data: Data; readonly at: number } | null = null;
  while (!ended.signal.aborted && !context.stopped.aborted) {
    const started = performance.now();
    const data = await read();
    const at = performance.now();
    const readings: Readings<Data> = {
      now: data,
      before: before?.data ?? null,
      seconds: before === null ? 0 : (at - before.at) / 1_000,
    };
    if (screen !== null) screen.draw(draw(readings, pageOf(stdout, context.language)));
    else await write(stdout, await row(context, answer(data), before === null));
    if (done?.(readings) === true) break;
    before = { data, at };
    const pause = Math.max(INTERVAL_MS - (at - started), PAUSE_FACTOR * (at - started));
    const signal = AbortSignal.any([ended.signal, context.stopped]);
    await delay(pause, undefined, { signal }).catch(() => {});
  }
  screen?.close();
  return undefined;
}

function openScreen(context: Context, ended: AbortController): LiveScreen | null {
  const { streams, format, prompter } = context;
  if (format !== 'table' || !streams.stdout.isTTY) return null;
  const keys = { quit: () => ended.abort(), interrupt: () => context.receive('SIGINT') };
  const screen = new LiveScreen(streams, context.language, prompter.interactive ? keys : null);
  context.release(() => screen.close());
  return screen;
}

/** Formats one poll in the requested format. CSV and TSV print their header only once. */
async function row(context: Context, reading: Answer, first: boolean): Promise<string> {
  const text = await present(reading, context.format, pageOf(context.streams.stdout, context.language));
  const hasHeader = context.format === 'csv' || context.format === 'tsv';
  return first || !hasHeader ? text : text.slice(text.indexOf('\n') + 1);
}
