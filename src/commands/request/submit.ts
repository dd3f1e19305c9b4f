import type { Context } from '../../cli/context.ts';
import type { StopSignal } from '../../cli/interrupted.ts';
import { Interrupted } from '../../cli/interrupted.ts';
import type { OptionSpec } from '../../cli/options.ts';
import { optional, parseDuration } from '../../cli/options.ts';
import { toJson } from '../../cli/output/json.ts';
import { type Answer, answer, fields, recordView } from '../../cli/output/view.ts';
import { ShopError } from '../../domain/errors.ts';
import { parseKey } from '../../domain/input.ts';
import { phrase, sentences } from '../../domain/phrase.ts';
import type { Pause } from '../../domain/queue-state.ts';
import type { Recorded, RequestContent, RequestRecord } from '../../domain/request.ts';
import type { Session } from '../../domain/store.ts';
import type { Progress } from '../../jobs/submit.ts';

/** Options of the commands that make a request. */
export interface RequestFlags {
  readonly key?: string;
  readonly wait?: boolean;
  readonly timeout?: string;
}

export const REQUEST_OPTIONS: readonly OptionSpec[] = [
  { flags: '--key <key>', description: 'idempotency key: the same key has one effect (default: a new one)' },
  { flags: '--no-wait', description: 'answer as soon as the request is recorded' },
  { flags: '--timeout <duration>', description: 'wait this long for the outcome (default: 30s)' },
];

const DEFAULT_TIMEOUT_MS = 30_000;
/** Where standard error is for programs, the key is told apart only when the wait gets long. */
const LONG_WAIT_MS = 2_000;

/** The fields of the request that every answer to one has. */
export interface RequestFields {
  readonly requestId: number;
  readonly key: string;
  readonly replayed: boolean;
  readonly attempts: number;
}

/** A request that is not waited for. */
interface RecordedRequest {
  readonly requestId: number;
  readonly key: string;
  readonly status: string;
}

const RECORDED_VIEW = recordView<RecordedRequest>(...fields<RecordedRequest>('requestId', 'key', 'status'));

function recordedAnswer(request: RecordedRequest): Answer {
  return { ...answer(request, RECORDED_VIEW), subject: { key: request.key } };
}

/** What is asked for, where its content is to be read first; not where the key has been used before. */
export interface Draft {
  /** The content's hash, known beforehand. */
  readonly hash: Buffer;
  readonly complete: (session: Session) => Promise<RequestContent>;
}

/**
 * Records and queues a request, waits for its outcome, and answers with `show`, or with the pending request under
 * `--no-wait`. A request of which something was asked for is shown before it is sent, and only sent with consent.
 *
 * @throws ShopError with the code of the outcome where it was not applied; `PENDING` after the timeout.
 */
export async function makeRequest(
  context: Context,
  asked: RequestContent | Draft,
  flags: RequestFlags,
  show: (outcome: Record<string, unknown>, request: RequestFields, session: Session) => Promise<Answer>,
): Promise<Answer | undefined> {
  const givenKey = optional(flags.key, parseKey);
  const timeoutMs = optional(flags.timeout, (text) => parseDuration('--timeout', text)) ?? DEFAULT_TIMEOUT_MS;
  const { actor, host } = await context.config();
  // a key that was used before may have an outcome, which needs no queue
  if (givenKey === undefined) context.prepareChannel();
  const session = await context.session();
  const { appliedOutcome, contentHash, contentOf, findRecorded, newKey } = await import('../../domain/request.ts');
  const finish = async (record: RequestRecord, replayed: boolean): Promise<Answer> =>
    flags.wait === false
      ? recordedAnswer({ requestId: record.id, key: record.key, status: record.status })
      : {
          ...(await show(appliedOutcome(record), requestFields(record, replayed), session)),
          subject: { key: record.key },
        };

  // what was decided is answered whatever has become of Redis
  const hash = 'hash' in asked ? asked.hash : contentHash(asked);
  const first = givenKey === undefined ? null : await findRecorded(session, hash, givenKey);
  if (first !== null && first.status !== 'pending') return finish(first, true);
  const content = first !== null ? contentOf(first) : 'hash' in asked ? await asked.complete(session) : asked;
  if (first === null && !(await consented(context, content))) return undefined;

  const channel = await context.channel();
  const { submit, submitAndWait } = await import('../../jobs/submit.ts');
  const key = givenKey ?? newKey();
  const talk = new RequestTalk(context, key, givenKey === undefined);
  context.tellInterruption((signal) => talk.interrupted(signal));
  try {
    const origin = { key, actor, host };
    if (flags.wait === false) {
      const { recorded, queued } = await submit(channel, content, origin, talk);
      await queued;
      return recordedAnswer({ requestId: recorded.id, key: recorded.key, status: 'pending' });
    }
    const waiting = { timeoutMs, signal: context.stopped, progress: talk };
    const { record, replayed } = await submitAndWait(channel, content, origin, waiting);
    return await finish(record, replayed);
  } catch (error) {
    throw await talk.explain(error);
  } finally {
    talk.end();
  }
}

/** What was typed as one command is meant; what was put together from answers is looked over once more. */
async function consented(context: Context, content: RequestContent): Promise<boolean> {
  if (!context.prompter.asked) return true;
  const { consentTo } = await import('./confirmation.ts');
  if (await consentTo(context, content)) return true;
  await context.say(phrase('Nothing was sent.'));
  return false;
}

function requestFields(record: RequestRecord, replayed: boolean): RequestFields {
  return { requestId: record.id, key: record.key, replayed, attempts: record.attempts };
}

/** Tells the one who waits which key to ask with, and why it takes long. */
class RequestTalk implements Progress {
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
    const tell = () => {
      stderr.write(`${toJson({ recorded: { requestId: request.id, key: request.key } })}\n`);
    };
    if (stderr.isTTY) tell();
    else this.#timer = setTimeout(tell, LONG_WAIT_MS);
  }

  async notQueued(error: unknown): Promise<void> {
    this.#notQueued = error;
    // it has its outcome
    if (this.#ended) return;
    await this.#context.say(phrase('Redis took no job for it; a worker will find it in the database.'));
  }

  async noWorker(): Promise<void> {
    this.#workerMissing = true;
    await this.#context.say(phrase('No worker is running: start one with `shop worker` or `shop dev up`.'));
  }

  async paused({ pausedBy }: Pause): Promise<void> {
    await this.#context.say(phrase`The queue is paused by ${pausedBy}: let it go on with \`shop queue resume\`.`);
  }

  /** The request goes on without the one who asked for it. */
  interrupted(signal: StopSignal): Interrupted {
    const key = this.#key;
    const message =
      this.#recorded === null
        ? phrase`Interrupted. The request may have been recorded; its key is ${key}.`
        : phrase`Interrupted. Request ${this.#recorded.id} is recorded and will be decided; its key is ${key}.`;
    return new Interrupted(signal, message, {
      hint: phrase`Ask what became of it with \`shop request show ${key}\`.`,
      details: this.#recorded === null ? { key } : { requestId: this.#recorded.id, key },
    });
  }

  /** The same error, with what is known of the request. */
  async explain(error: unknown): Promise<unknown> {
    if (error instanceof ShopError) return error.code === 'PENDING' ? this.#whyPending(error) : error;
    const { isOutage, lostDatabase } = await import('../../domain/store.ts');
    if (!isOutage(error)) return error;
    const key = this.#key;
    // cut off while waiting: the request goes on without us
    if (this.#recorded !== null)
      return new ShopError('PENDING', { requestId: this.#recorded.id, key }, { cause: error });
    const lost = lostDatabase(error, await this.#context.databaseUrl());
    if (lost === null) return error;
    return new ShopError(
      'UNAVAILABLE',
      { server: 'MySQL', key },
      {
        message: phrase`MySQL failed while the request was being recorded: ${lost.details.reason}. Its key is ${key}.`,
        hint: phrase`Give the same command again with \`--key ${key}\`: it takes effect once, whether it was recorded or not.`,
        cause: error,
      },
    );
  }

  #whyPending(error: ShopError): ShopError {
    const away = this.#notQueued === null ? null : phrase('Redis is away.');
    const reason = this.#workerMissing ? phrase('No worker is running.') : away;
    const details = { ...error.details, worker: !this.#workerMissing };
    return new ShopError('PENDING', details, { message: sentences(error.text.message, reason) });
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }
}
