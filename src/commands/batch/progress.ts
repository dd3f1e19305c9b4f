import type { SingleBar } from 'cli-progress';
import type { Context } from '../../cli/context.ts';
import { barWidth } from '../../cli/live/lines.ts';
import { progressBar } from '../../cli/live/progress.ts';
import { GAP } from '../../cli/output/align.ts';
import { toJson } from '../../cli/output/json.ts';
import { duration, grouped } from '../../cli/output/numbers.ts';
import { type Page, pageOf } from '../../cli/output/page.ts';
import { widthOf } from '../../cli/output/text.ts';
import { joined, type Phrase, phrase } from '../../domain/phrase.ts';
import type { BatchProgress } from '../../jobs/queue/batch-run.ts';

/** Time between two progress lines if standard error is not a terminal. */
const LINE_MS = 5_000;
/** The number of recent samples from which the rate is computed. */
const WINDOW = 10;

/** The progress of a batch, as it is printed. */
interface ReportedProgress extends BatchProgress {
  /** The estimated number of rows of the file. */
  readonly total: number;
  /** Decided rows per second; null before the second sample. */
  readonly rate: number | null;
  /** Null if the rate is 0 or unknown. */
  readonly secondsLeft: number | null;
}

/** Prints the progress of a batch on standard error: a bar on a terminal, and otherwise a line every few seconds. */
export class BatchProgressDisplay {
  readonly #context: Context;
  readonly #fractionRead: () => number;
  readonly #samples: { readonly at: number; readonly decided: number }[] = [];
  #lineAt = performance.now();
  #bar: SingleBar | null = null;

  /** @param fractionRead returns the fraction of the file that has been read, 0 to 1. */
  constructor(context: Context, fractionRead: () => number) {
    this.#context = context;
    this.#fractionRead = fractionRead;
  }

  /** Draws the bar on a terminal. */
  async begin(): Promise<void> {
    const { stderr } = this.#context.streams;
    if (!stderr.isTTY || !this.#context.printsMessages) return;
    const { default: progress } = await import('cli-progress');
    this.#bar = new progress.SingleBar({
      stream: stderr,
      format: (_options, { value, total }, { words }: { words: readonly Phrase[] }) =>
        drawProgress({ decided: value, total, words }, pageOf(stderr, this.#context.language)),
      hideCursor: true,
      clearOnComplete: true,
    });
    this.#bar.start(1, 0, { words: [phrase('sending')] });
  }

  update(progress: BatchProgress): void {
    const reported = this.#measure(progress);
    if (this.#bar !== null) {
      this.#bar.setTotal(Math.max(reported.total, 1));
      this.#bar.update(reported.decided, { words: inWords(reported) });
      return;
    }
    const now = performance.now();
    if (now - this.#lineAt < LINE_MS) return;
    this.#lineAt = now;
    const { language, streams, quiet } = this.#context;
    const { stderr } = streams;
    if (quiet) return;
    stderr.write(
      this.#context.jsonErrors
        ? `${toJson({ progress: { ...reported, rate: reported.rate ?? 0 } })}\n`
        : `${language.translate(joined(inWords(reported), ', '))}\n`,
    );
  }

  /** Prints lines above the bar, which redraws itself. */
  async above(print: () => Promise<void>): Promise<void> {
    const { stderr } = this.#context.streams;
    if (this.#bar !== null) stderr.write('\r\u001b[K');
    await print();
    // when the bar ends, it clears everything after the saved cursor position, so the position is saved again below the
    // printed lines
    if (this.#bar !== null) stderr.write('\u001b7');
  }

  end(): void {
    this.#bar?.stop();
    this.#bar = null;
  }

  #measure(progress: BatchProgress): ReportedProgress {
    const { sent, decided } = progress;
    this.#samples.push({ at: performance.now(), decided });
    if (this.#samples.length > WINDOW) this.#samples.shift();
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    const seconds = first === undefined || last === undefined ? 0 : (last.at - first.at) / 1000;
    const rate = seconds === 0 ? null : (decided - (first?.decided ?? 0)) / seconds;
    const fraction = this.#fractionRead();
    const total = fraction === 0 ? sent : Math.max(sent, Math.round(sent / fraction));
    const secondsLeft = rate === null || rate === 0 ? null : Math.round(Math.max(total - decided, 0) / rate);
    return { ...progress, total, rate: rate === null ? null : Math.round(rate), secondsLeft };
  }
}

/** Returns the parts of the progress line, the least important first. */
export function inWords({ sent, total, decided, rate, secondsLeft }: ReportedProgress): readonly Phrase[] {
  const rows =
    sent < total ? phrase`${grouped(sent)} of about ${grouped(total)} rows sent` : phrase`${grouped(sent)} rows sent`;
  const speed = rate === null ? [] : [phrase`${grouped(rate)} a second`];
  const left = secondsLeft === null ? [] : [phrase`about ${duration(secondsLeft)} left`];
  return [rows, phrase`${grouped(decided)} decided`, ...speed, ...left];
}

/**
 * Draws progress as a bar and words, in one line that fits the width of the page. Words that do not fit are left out,
 * beginning with the first.
 */
export function drawProgress(
  { decided, total, words }: { readonly decided: number; readonly total: number; readonly words: readonly Phrase[] },
  page: Page,
): string {
  const text = joined(words, ', ');
  const line = `${progressBar(decided, total, barWidth(page, text), page)}${GAP}${page.language.translate(text)}`;
  const fits = widthOf(line) <= (page.width ?? Number.POSITIVE_INFINITY);
  return fits || words.length === 1 ? line : drawProgress({ decided, total, words: words.slice(1) }, page);
}
