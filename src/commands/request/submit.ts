import type { Context } from '../../cli/context.ts';
import { parseDuration } from '../../cli/option-values.ts';
import type { OptionSpecs, OptionValues } from '../../cli/options.ts';
import type { Answer } from '../../cli/output/view.ts';
import { parseKey, parseText } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import type { Outcome, RequestContent, RequestKind } from '../../domain/requests/kinds/index.ts';
import type { RequestRecord } from '../../domain/requests/request.ts';
import type { Session } from '../../domain/servers/connections.ts';
import { RequestProgress } from './progress.ts';
import { answerAccepted, type RequestFields } from './view.ts';

/** The options of commands that submit a request. */
export const REQUEST_OPTIONS = {
  key: {
    flags: '--key <key>',
    description: 'idempotency key; requests with the same key take effect only once (default: a new key)',
    parse: parseKey,
  },
  wait: { flags: '--no-wait', description: 'return as soon as the request is recorded' },
  timeout: {
    flags: '--timeout <duration>',
    description: 'maximum wait for the outcome (default: 30s)',
    parse: (text) => parseDuration('--timeout', text),
    default: 30_000,
  },
} satisfies OptionSpecs;

/** The option `--reason`, for requests that may have a reason. */
export const REASON_OPTION = {
  reason: {
    flags: '--reason <text>',
    description: 'reason for the change, 1 to 200 characters',
    parse: (text) => parseText('--reason', text.trim()),
  },
} satisfies OptionSpecs;

/** The option `--reason`, for requests that need a reason. */
export const REQUIRED_REASON_OPTION = {
  reason: {
    ...REASON_OPTION.reason,
    description: 'reason for the change, 1 to 200 characters (required)',
    required: true,
  },
} satisfies OptionSpecs;

/** A request whose content is read only if its key is new. */
export interface Draft<Kind extends RequestKind> {
  readonly kind: Kind;
  /** The hash of the content. It is known before the content is read. */
  readonly hash: Buffer;
  readonly complete: (session: Session) => Promise<RequestContent<Kind>>;
}

/** The views of a request before it is sent and after it is applied. */
interface RequestViews<Kind extends RequestKind> {
  /** True if the command prompts for confirmation on a terminal even if no input was missing. */
  readonly alwaysConfirm?: boolean;
  /**
   * Shows the request and asks whether to send it. With `--yes`, returns true without asking.
   *
   * @throws Interrupted; ShopError if the user, product or order of the request does not exist
   */
  readonly confirm: (session: Session, content: RequestContent<Kind>) => Promise<boolean>;
  readonly show: (outcome: Outcome<Kind>, request: RequestFields, session: Session) => Promise<Answer>;
}

/**
 * Records and queues a request, waits for its outcome, and returns the result of `show`. With `--no-wait`, returns the
 * request without waiting. Returns undefined if the user does not confirm the request.
 *
 * The command prompts for confirmation if it has prompted for missing input, or on a terminal if `alwaysConfirm` is true.
 *
 * @throws ShopError with the code of the outcome if the request was not applied; `PENDING` after the timeout.
 */
export async function submitRequest<Kind extends RequestKind>(
  context: Context,
  requested: RequestContent<Kind> | Draft<Kind>,
  { key: givenKey, wait, timeout }: OptionValues<typeof REQUEST_OPTIONS>,
  { show, ...confirmation }: RequestViews<Kind>,
): Promise<Answer | undefined> {
  await context.limitWaits(timeout);
  // the queue is opened early only if no key is given, because a request with a given key may already have an outcome
  if (givenKey === undefined) context.prepareChannel();
  const session = await context.session();
  const { contentHash, contentOf, findRecorded, newKey } = await import('../../domain/requests/request.ts');
  const { appliedOutcome } = await import('../../domain/requests/outcome.ts');
  const finish = async (record: RequestRecord, replayed: boolean): Promise<Answer> =>
    !wait
      ? answerAccepted({ requestId: record.id, key: record.key, status: record.status })
      : {
          ...(await show(appliedOutcome(record, requested.kind, replayed), requestFields(record, replayed), session)),
          subject: { key: record.key },
        };

  // MySQL is read first, so that the outcome of a decided request is printed even while Redis is unavailable
  const hash = 'hash' in requested ? requested.hash : contentHash(requested);
  const first = givenKey === undefined ? null : await findRecorded(session, hash, givenKey);
  if (first !== null && first.status !== 'pending') return finish(first, true);
  const content =
    first !== null ? contentOf(first, requested.kind) : await completed(context, requested, session, confirmation);
  if (content === null) return undefined;

  const channel = await context.channel();
  const { submit, submitAndWait } = await import('../../jobs/queue/submit.ts');
  const key = givenKey ?? newKey();
  const progress = new RequestProgress(context, key, givenKey === undefined);
  context.describeInterruption((signal) => progress.interrupted(signal));
  try {
    const origin = { key, ...(await context.origin()) };
    if (!wait) {
      const { recorded, queued } = await submit(channel, { content, hash }, origin, progress);
      await queued;
      return answerAccepted({ requestId: recorded.id, key: recorded.key, status: 'pending' });
    }
    const waiting = { timeoutMs: timeout, signal: context.stopped, progress };
    const { record, replayed } = await submitAndWait(channel, { content, hash }, origin, waiting);
    return await finish(record, replayed);
  } catch (error) {
    throw await progress.explain(error);
  } finally {
    progress.end();
  }
}

/** Returns the content to send, or null if it was not confirmed. */
async function completed<Kind extends RequestKind>(
  context: Context,
  requested: RequestContent<Kind> | Draft<Kind>,
  session: Session,
  { confirm, alwaysConfirm = false }: Omit<RequestViews<Kind>, 'show'>,
): Promise<RequestContent<Kind> | null> {
  const content = 'hash' in requested ? await requested.complete(session) : requested;
  const { prompter, yes } = context;
  const asks = prompter.asked || (alwaysConfirm && prompter.interactive && !yes);
  if (!asks || (await confirm(session, content))) return content;
  await context.say(phrase('Nothing was sent.'));
  return null;
}

function requestFields({ id, key, attempts, reason }: RequestRecord, replayed: boolean): RequestFields {
  return { requestId: id, key, replayed, attempts, ...(reason === null ? {} : { reason }) };
}
