import type { Context } from '../../cli/context.ts';
import { Interrupted, type StopSignal } from '../../cli/interrupted.ts';
import { toJson } from '../../cli/output/json.ts';
import { outcomeUnknown, ShopError } from '../../domain/errors.ts';
import { phrase, sentences } from '../../domain/phrase.ts';
import { foreignPrefixHint, foreignPrefixText } from '../../domain/requests/gate.ts';
import type { Pause } from '../../domain/requests/pause.ts';
import type { Recorded } from '../../domain/requests/request.ts';
import type { Progress } from '../../jobs/queue/submit.ts';

const NOT_QUEUED = phrase('The request could not be queued in Redis; a worker will find it in MySQL.');
/** If errors are printed as JSON and there is no terminal, the key of a new request is printed only after this wait. */
const LONG_WAIT_MS = 2_000;

/** Prints the key of a request if the key is new. If the outcome takes long, also prints the reason. */
export class RequestProgress implements Progress {
  readonly #context: Context;
  readonly #key: string;
  readonly #keyIsNew: boolean;
  #recorded: Recorded | null = null;
  #workerMissing = false;
  #notQueued: unknown = null;
  #ended = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(context: Context, key: string, keyIsNew: boolean) {
    this.#context = context;
    this.#key = key;
    this.#keyIsNew = keyIsNew;
  }

  async recorded(request: Recorded): Promise<void> {
    this.#recorded = request;
    if (!this.#keyIsNew) return;
    if (!this.#context.jsonErrors)
      return this.#context.say(phrase`Request ${request.id} is recorded; its key is ${request.key}`);
    const { stderr } = this.#context.streams;
    const print = () => {
      stderr.write(`${toJson({ recorded: { requestId: request.id, key: request.key } })}\n`);
    };
    if (stderr.isTTY) print();
    else this.#timer = setTimeout(print, LONG_WAIT_MS);
  }

  async notQueued(error: unknown): Promise<void> {
    this.#notQueued = error;
    // the outcome has already arrived
    if (this.#ended) return;
    await this.#context.say(NOT_QUEUED);
  }

  async noWorker(): Promise<void> {
    this.#workerMissing = true;
    await this.#context.say(phrase('No worker is running: start one with `shop worker` or `shop dev up`.'));
  }

  async foreignPrefix(prefix: string, own: string): Promise<void> {
    await this.#context.say(sentences(foreignPrefixText(prefix, own), foreignPrefixHint(prefix, own)));
  }

  async paused({ pausedBy }: Pause): Promise<void> {
    await this.#context.say(phrase`The queue is paused by ${pausedBy}; resume it with \`shop queue resume\`.`);
  }

  /** Creates the error for an interruption. The worker still decides a recorded request. */
  interrupted(signal: StopSignal): Interrupted {
    const key = this.#key;
    const message =
      this.#recorded === null
        ? phrase`Interrupted. The request may have been recorded; its key is ${key}.`
        : phrase`Interrupted. Request ${this.#recorded.id} is recorded and will be decided; its key is ${key}.`;
    const hint =
      this.#recorded === null
        ? phrase`Check the request with \`shop request show ${key}\`, or run the same command again with \`--key ${key}\`.`
        : phrase`See its outcome with \`shop request show ${key}\`.`;
    return new Interrupted(signal, message, {
      hint,
      details: this.#recorded === null ? { key } : { requestId: this.#recorded.id, key },
    });
  }

  /** Adds the key of the request to the error, and the reason why the request is still pending. */
  async explain(error: unknown): Promise<unknown> {
    if (error instanceof ShopError) return error.code === 'PENDING' ? this.#whyPending(error) : error;
    const { isOutage, lostDatabase } = await import('../../domain/servers/mysql-errors.ts');
    if (!isOutage(error)) return error;
    const key = this.#key;
    // the connection was lost during the wait, but the request is recorded, and may be decided already
    if (this.#recorded !== null) {
      const { id } = this.#recorded;
      return new ShopError('PENDING', { requestId: id, key }, { message: outcomeUnknown(id, key), cause: error });
    }
    const lost = lostDatabase(error, await this.#context.databaseUrl());
    if (lost === null) return error;
    return new ShopError(
      'UNAVAILABLE',
      { server: 'MySQL', key },
      {
        message: phrase`MySQL failed while the request was being recorded: ${lost.details.reason}. The request's key is ${key}.`,
        hint: phrase`Run the same command again with \`--key ${key}\`; the request takes effect only once.`,
        cause: error,
      },
    );
  }

  #whyPending(error: ShopError): ShopError {
    const notQueued = this.#notQueued === null ? null : NOT_QUEUED;
    const reason = this.#workerMissing ? phrase('No worker is running.') : notQueued;
    const details = { ...error.details, worker: !this.#workerMissing };
    const { message, hint } = error.text;
    return new ShopError('PENDING', details, {
      message: sentences(message, reason),
      hint: sentences(this.#workerMissing ? phrase('Start a worker with `shop worker` or `shop dev up`.') : null, hint),
    });
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }
}
