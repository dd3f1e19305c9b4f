import type { Context } from '../../cli/context.ts';
import { type OptionSpecs, type OptionValues, parseDuration } from '../../cli/options.ts';
import type { Answer } from '../../cli/output/view.ts';
import { parseKey } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import type { Outcome, RequestContent, RequestKind } from '../../domain/requests/kinds/index.ts';
import type { RequestRecord } from '../../domain/requests/request.ts';
import type { Session } from '../../domain/servers/store.ts';
import { RequestProgress } from './progress.ts';
import { answerAccepted, type RequestFields } from './view.ts';

/** Options of the commands that make a request. */
export const REQUEST_OPTIONS = {
  key: {
    flags: '--key <key>',
    description: 'idempotency key: the same key has one effect (default: a new one)',
    parse: parseKey,
  },
  wait: { flags: '--no-wait', description: 'answer as soon as the request is recorded' },
  timeout: {
    flags: '--timeout <duration>',
    description: 'wait this long for the outcome (default: 30s)',
    parse: (text) => parseDuration('--timeout', text),
    default: 30_000,
  },
} satisfies OptionSpecs;

/** A request whose content is read only where its key has not been used before. */
export interface Draft<Kind extends RequestKind> {
  readonly kind: Kind;
  /** The content's hash, known beforehand. */
  readonly hash: Buffer;
  readonly complete: (session: Session) => Promise<RequestContent<Kind>>;
}

/** What people see of a request, before it is sent and once it is applied. */
interface RequestViews<Kind extends RequestKind> {
  /**
   * Shows what is about to be sent, and asks whether to send it; true under `--yes`.
   *
   * @throws Interrupted; ShopError where the request names what does not exist
   */
  readonly confirm: (session: Session, content: RequestContent<Kind>) => Promise<boolean>;
  readonly show: (outcome: Outcome<Kind>, request: RequestFields, session: Session) => Promise<Answer>;
}

/**
 * Records and queues a request, waits for its outcome, and returns what `show` makes of it, or the pending request under
 * `--no-wait`. A request for which something was asked is confirmed before it is sent.
 *
 * @throws ShopError with the code of the outcome where it was not applied; `PENDING` after the timeout.
 */
export async function submitRequest<Kind extends RequestKind>(
  context: Context,
  requested: RequestContent<Kind> | Draft<Kind>,
  { key: givenKey, wait, timeout }: OptionValues<typeof REQUEST_OPTIONS>,
  { confirm, show }: RequestViews<Kind>,
): Promise<Answer | undefined> {
  const { actor, host } = await context.config();
  // a key that was used before may have an outcome, which needs no queue
  if (givenKey === undefined) context.prepareChannel();
  const session = await context.session();
  const { contentHash, contentOf, findRecorded, newKey } = await import('../../domain/requests/request.ts');
  const { appliedOutcome } = await import('../../domain/requests/outcome.ts');
  const finish = async (record: RequestRecord, replayed: boolean): Promise<Answer> =>
    !wait
      ? answerAccepted({ requestId: record.id, key: record.key, status: record.status })
      : {
          ...(await show(appliedOutcome(record, requested.kind), requestFields(record, replayed), session)),
          subject: { key: record.key },
        };

  // what was decided is answered whatever has become of Redis
  const hash = 'hash' in requested ? requested.hash : contentHash(requested);
  const first = givenKey === undefined ? null : await findRecorded(session, hash, givenKey);
  if (first !== null && first.status !== 'pending') return finish(first, true);
  const content =
    first !== null ? contentOf(first, requested.kind) : await completed(context, requested, session, confirm);
  if (content === null) return undefined;

  const channel = await context.channel();
  const { submit, submitAndWait } = await import('../../jobs/queue/submit.ts');
  const key = givenKey ?? newKey();
  const progress = new RequestProgress(context, key, givenKey === undefined);
  context.describeInterruption((signal) => progress.interrupted(signal));
  try {
    const origin = { key, actor, host };
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

/** The content that is to be sent; null where it was not confirmed. */
async function completed<Kind extends RequestKind>(
  context: Context,
  requested: RequestContent<Kind> | Draft<Kind>,
  session: Session,
  confirm: RequestViews<Kind>['confirm'],
): Promise<RequestContent<Kind> | null> {
  const content = 'hash' in requested ? await requested.complete(session) : requested;
  // what was typed as one command is meant; what was put together from answers is confirmed
  if (!context.prompter.asked || (await confirm(session, content))) return content;
  await context.say(phrase('Nothing was sent.'));
  return null;
}

function requestFields(record: RequestRecord, replayed: boolean): RequestFields {
  return { requestId: record.id, key: record.key, replayed, attempts: record.attempts };
}
