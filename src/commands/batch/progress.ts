import type { SingleBar } from 'cli-progress';
import type { Context } from '../../cli/context.ts';
import { toJson } from '../../cli/output/json.ts';
import { duration, grouped } from '../../cli/output/numbers.ts';
import { joined, type Phrase, phrase } from '../../domain/phrase.ts';
import type { BatchProgress } from '../../jobs/queue/batch-run.ts';

/** Time between two progress lines if standard error is no terminal. */
const LINE_MS = 5_000;
/** The number of the latest samples from which the rate is computed. */
const WINDOW = 10;

/** The progress of a batch, as it is printed. */
interface ReportedProgress extends BatchProgress {
  /** The estimated number of rows of the file. */
  readonly total: number;
  /** Decided rows per second. */
  readonly rate: number;
  /** Null if nothing is decided. */
  readonly secondsLeft: number | null;
}

/** Prints the progress of a batch on standard error: a bar on a terminal, or otherwise a line every few seconds. */
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
      format: '{bar} {percentage} % · {words}',
      hideCursor: true,
      clearOnComplete: true,
    });
    this.#bar.start(1, 0, { words: this.#context.language.translate(phrase('sending')) });
  }

  update(progress: BatchProgress): void {
    const reported = this.#measure(progress);
    if (this.#bar !== null) {
      this.#bar.setTotal(Math.max(reported.total, 1));
      this.#bar.update(reported.decided, { words: this.#inWords(reported) });
      return;
    }
    const now = performance.now();
    if (now - this.#lineAt < LINE_MS) return;
    this.#lineAt = now;
    const { stderr } = this.#context.streams;
    if (this.#context.quiet) return;
    stderr.write(this.#context.jsonErrors ? `${toJson({ progress: reported })}\n` : `${this.#inWords(reported)}\n`);
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

  #inWords(reported: ReportedProgress): string {
    return this.#context.language.translate(inWords(reported));
  }

  #measure(progress: BatchProgress): ReportedProgress {
    const { sent, decided } = progress;
    this.#samples.push({ at: performance.now(), decided });
    if (this.#samples.length > WINDOW) this.#samples.shift();
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    const seconds = first === undefined || last === undefined ? 0 : (last.at - first.at) / 1000;
    const rate = seconds === 0 ? 0 : (decided - (first?.decided ?? 0)) / seconds;
    const fraction = this.#fractionRead();
    const total = fraction === 0 ? sent : Math.max(sent, Math.round(sent / fraction));
    const secondsLeft = rate === 0 ? null : Math.round(Math.max(total - decided, 0) / rate);
    return { ...progress, total, rate: Math.round(rate), secondsLeft };
  }
}

function inWords({ sent, total, decided, rate, secondsLeft }: ReportedProgress): Phrase {
  const rows =
    sent < total ? phrase`${grouped(sent)} of about ${grouped(total)} rows sent` : phrase`${grouped(sent)} rows sent`;
  const left = secondsLeft === null ? [] : [phrase`about ${duration(secondsLeft)} left`];
  return joined([rows, phrase`${grouped(decided)} decided`, phrase`${grouped(rate)} a second`, ...left], ', ');
}
