import type { Runner } from '../../cli/command.ts';
import type { Context } from '../../cli/context.ts';
import { type Answer, answer, fields, listView, withSpareColumns } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { ShopError } from '../../domain/errors.ts';
import { invalid, parseKey } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import type { FailedFilter } from '../../domain/requests/list.ts';
import type { RequestRecord } from '../../domain/requests/request.ts';
import { FAILED_OPTIONS, type FailedFlags, parseFailedFilter } from './arguments.ts';

/** A request whose failure is taken back, as `queue retry` answers it. */
interface RetriedRequest {
  readonly id: number;
  readonly key: string;
  readonly kind: RequestRecord['kind'];
  /** What it had failed with. */
  readonly code: string | null;
  readonly failedAt: Date | null;
  /** False in a dry run. */
  readonly retried: boolean;
}

const RETRIED = withSpareColumns(
  listView<RetriedRequest>(
    phrase('Nothing to retry.'),
    ...fields<RetriedRequest>('id', 'key', 'kind', 'code', 'failedAt', 'retried'),
  ),
  'failedAt',
);

interface RetryFlags extends FailedFlags {
  readonly all?: boolean;
  readonly dryRun?: boolean;
}

/** `shop queue retry` */
export function addRetry(group: Command, runner: Runner): void {
  addCommand<RetryFlags>(
    group,
    {
      name: 'retry',
      summary: 'Take back the failure of requests: they are pending again, with all their attempts',
      arguments: [
        {
          name: 'request',
          description: "a failed request's key, or its id",
          optional: true,
          variadic: true,
          values: 'request',
          parse: parseKey,
        },
      ],
      options: [
        { flags: '--all', description: 'all that have failed, or those of them that the other options name' },
        ...FAILED_OPTIONS,
        { flags: '--dry-run', description: 'change nothing; answer what would be retried' },
      ],
      examples: [
        'shop queue retry payment-2041',
        'shop queue retry --all --since 1h --dry-run',
        'shop queue retry --all --code PAYMENT_FAILED --yes',
      ],
      run: async (context, given, flags) => {
        const requests = await requestsOf(context, given, flags);
        const filter = parseFailedFilter(flags);
        return requests === null ? retryAll(context, filter, flags) : retryThese(context, requests, flags);
      },
    },
    runner,
  );
}

/** The requests that are named; null for all. @throws ShopError `INPUT_REQUIRED`, `INVALID_INPUT` */
async function requestsOf(context: Context, given: readonly string[], flags: RetryFlags): Promise<string[] | null> {
  if (flags.all === true) {
    if (given.length > 0) throw invalid('--all', phrase('contradicts the requests that are named'));
    return null;
  }
  for (const option of ['code', 'kind', 'since'] as const) {
    if (flags[option] !== undefined) throw invalid(`--${option}`, phrase('is for --all'));
  }
  if (given.length > 0) return given.map(parseKey);
  if (!context.prompter.interactive) throw new ShopError('INPUT_REQUIRED', { missing: ['<request...> or --all'] });
  return [await context.prompter.input('request', parseKey, { message: phrase('request') })];
}

async function retryThese(context: Context, requests: readonly string[], flags: RetryFlags): Promise<Answer> {
  const { findFailed } = await import('../../domain/requests/retries.ts');
  const failed = await findFailed(await context.session(), requests);
  if (flags.dryRun === true) return answerRetried(failed, false);
  return retry(context, { ids: failed.map(({ id }) => id), whole: true });
}

async function retryAll(context: Context, filter: FailedFilter, flags: RetryFlags): Promise<Answer | undefined> {
  const { allFailed, failedRecords } = await import('../../domain/requests/list.ts');
  const session = await context.session();
  const ids = await allFailed(session, filter);
  if (flags.dryRun === true) return answerRetried(await failedRecords(session, ids), false);
  if (ids.length === 0) return answerRetried([], true);
  const question =
    ids.length === 1
      ? phrase('Take back the failure of the one request that has failed?')
      : phrase`Take back the failure of the ${ids.length.toLocaleString('en')} requests that have failed?`;
  if (!(await context.confirm(question))) {
    await context.say(phrase('Nothing was done.'));
    return undefined;
  }
  return retry(context, { ids, whole: false });
}

async function retry(context: Context, which: { ids: readonly number[]; whole: boolean }): Promise<Answer> {
  const { actor, host } = await context.config();
  const { retry: takeBackAndQueue } = await import('../../jobs/queue/retry.ts');
  const retried = await takeBackAndQueue(await context.channel(), which, { actor, host }, () =>
    context.say(phrase('Redis takes no jobs; a worker will find the requests in the database.')),
  );
  return answerRetried(retried, true);
}

function answerRetried(requests: readonly RequestRecord[], retried: boolean): Answer {
  return answer(
    requests.map(
      ({ id, key, kind, code, decidedAt }): RetriedRequest => ({ id, key, kind, code, failedAt: decidedAt, retried }),
    ),
    RETRIED,
  );
}
