import type { Context } from '../../cli/context.ts';
import { optional, parseDuration } from '../../cli/options.ts';
import type { Answer } from '../../cli/output/view.ts';
import { parseKey } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import type { Outcome, RequestContent, RequestKind } from '../../domain/requests/kinds/index.ts';
import type { RequestRecord } from '../../domain/requests/request.ts';
import type { Session } from '../../domain/servers/store.ts';
import type { RequestFlags } from './options.ts';
import { RequestProgress } from './progress.ts';
import { answerAccepted, type RequestFields } from './view.ts';

const DEFAULT_TIMEOUT_MS = 30_000;

/** What is asked for, where its content is to be read first; not where the key has been used before. */
export interface Draft<K extends RequestKind> {
  readonly kind: K;
  /** The content's hash, known beforehand. */
  readonly hash: Buffer;
  readonly complete: (session: Session) => Promise<RequestContent<K>>;
}

/** How a request of one kind is confirmed and shown. */
export interface RequestDialog<K extends RequestKind> {
  /** Shows what is about to be sent, and asks for confirmation. @throws Interrupted; ShopError where it names what is not there */
  readonly confirm: (context: Context, content: RequestContent<K>) => Promise<boolean>;
  /** Shows an applied request. */
  readonly show: (outcome: Outcome<K>, request: RequestFields, session: Session) => Promise<Answer>;
}

/**
 * Records and queues a request, waits for its outcome, and answers with `show`, or with the pending request under
 * `--no-wait`. A request of which something was asked for is shown before it is sent, and only sent with consent.
 *
 * @throws ShopError with the code of the outcome where it was not applied; `PENDING` after the timeout.
 */
export async function submitRequest<K extends RequestKind>(
  context: Context,
  asked: RequestContent<K> | Draft<K>,
  flags: RequestFlags,
  { confirm, show }: RequestDialog<K>,
): Promise<Answer | undefined> {
  const givenKey = optional(flags.key, parseKey);
  const timeoutMs = optional(flags.timeout, (text) => parseDuration('--timeout', text)) ?? DEFAULT_TIMEOUT_MS;
  const { actor, host } = await context.config();
  // a key that was used before may have an outcome, which needs no queue
  if (givenKey === undefined) context.prepareChannel();
  const session = await context.session();
  const { contentHash, contentOf, findRecorded, newKey } = await import('../../domain/requests/request.ts');
  const { appliedOutcome } = await import('../../domain/requests/outcome.ts');
  const finish = async (record: RequestRecord, replayed: boolean): Promise<Answer> =>
    flags.wait === false
      ? answerAccepted({ requestId: record.id, key: record.key, status: record.status })
      : {
          ...(await show(appliedOutcome(record, asked.kind), requestFields(record, replayed), session)),
          subject: { key: record.key },
        };

  // what was decided is answered whatever has become of Redis
  const hash = 'hash' in asked ? asked.hash : contentHash(asked);
  const first = givenKey === undefined ? null : await findRecorded(session, hash, givenKey);
  if (first !== null && first.status !== 'pending') return finish(first, true);
  const content =
    first !== null ? contentOf(first, asked.kind) : 'hash' in asked ? await asked.complete(session) : asked;
  if (first === null && !(await confirmed(context, () => confirm(context, content)))) return undefined;

  const channel = await context.channel();
  const { submit, submitAndWait } = await import('../../jobs/queue/submit.ts');
  const key = givenKey ?? newKey();
  const progress = new RequestProgress(context, key, givenKey === undefined);
  context.describeInterruption((signal) => progress.interrupted(signal));
  try {
    const origin = { key, actor, host };
    if (flags.wait === false) {
      const { recorded, queued } = await submit(channel, { content, hash }, origin, progress);
      await queued;
      return answerAccepted({ requestId: recorded.id, key: recorded.key, status: 'pending' });
    }
    const waiting = { timeoutMs, signal: context.stopped, progress };
    const { record, replayed } = await submitAndWait(channel, { content, hash }, origin, waiting);
    return await finish(record, replayed);
  } catch (error) {
    throw await progress.explain(error);
  } finally {
    progress.end();
  }
}

/** What was typed as one command is meant; what was put together from answers is looked over once more. */
async function confirmed(context: Context, confirm: () => Promise<boolean>): Promise<boolean> {
  if (!context.prompter.asked || (await confirm())) return true;
  await context.say(phrase('Nothing was sent.'));
  return false;
}

function requestFields(record: RequestRecord, replayed: boolean): RequestFields {
  return { requestId: record.id, key: record.key, replayed, attempts: record.attempts };
}
