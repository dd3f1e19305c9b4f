import type { Command } from 'commander';
import type { Runner } from '../../cli/command.ts';
import type { Context } from '../../cli/context.ts';
import { WATCH_OPTION, type WatchFlags, watch } from '../../cli/live/watch.ts';
import type { OptionSpec } from '../../cli/options.ts';
import { LIST_OPTIONS, type ListFlags, optional, parseChoice, parsePage, parseTime } from '../../cli/options.ts';
import { type Answer, answer } from '../../cli/output/view.ts';
import { addCommand, defineGroup } from '../../cli/registration.ts';
import { ShopError } from '../../domain/errors.ts';
import { invalid, parseKey } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import type { RequestRecord } from '../../domain/request.ts';
import type { FailedFilter } from '../../domain/request-list.ts';
import { FAILURE_CODES, REQUEST_KINDS } from '../../domain/request-status.ts';
import { drawQueue, FAILED, PAUSE, RETRIED, type RetriedRequest, STATUS } from './view.ts';

/** `shop queue` */
export function defineQueue(group: Command, runner: Runner): void {
  defineGroup(group, { examples: ['shop queue status --watch', 'shop queue failed', 'shop queue retry payment-2041'] });
  addStatus(group, runner);
  addFailed(group, runner);
  addRetry(group, runner);
  addPause(group, runner);
  addResume(group, runner);
}

function addStatus(group: Command, runner: Runner): void {
  addCommand<WatchFlags>(
    group,
    {
      name: 'status',
      summary: 'Show what waits, what has failed, the workers and the batches under way',
      options: [WATCH_OPTION],
      examples: ['shop queue status', 'shop queue status --watch', 'shop queue status --watch -o jsonl'],
      run: async (context, _args, flags) => {
        const { prefix } = await context.config();
        const [databaseUrl, redisUrl] = [await context.databaseUrl(), await context.redisUrl()];
        const { QueueWatch } = await import('../../jobs/queue-status.ts');
        const queue = new QueueWatch(await context.session(), redisUrl, { databaseUrl, prefix });
        context.release(() => queue.close());
        if (flags.watch === true) {
          return watch(context, {
            look: () => queue.look(),
            answer: (status) => answer(status, STATUS),
            draw: drawQueue,
          });
        }
        const status = await queue.look();
        if (status.redisError !== null) await context.say(phrase`${status.redisError}`);
        return answer(status, STATUS);
      },
    },
    runner,
  );
}

interface FailedFlags {
  readonly code?: string;
  readonly kind?: string;
  readonly since?: string;
}

const FAILED_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--code <code>',
    description: Object.values(FAILURE_CODES).join(', '),
    values: Object.values(FAILURE_CODES),
  },
  { flags: '--kind <kind>', description: REQUEST_KINDS.join(', '), values: REQUEST_KINDS },
  { flags: '--since <time>', description: 'failed at or after: ISO 8601, or an age such as 2h' },
];

function parseFailedFilter(flags: FailedFlags): FailedFilter {
  return {
    code: optional(flags.code, (text) => parseChoice('--code', text, Object.values(FAILURE_CODES))),
    kind: optional(flags.kind, (text) => parseChoice('--kind', text, REQUEST_KINDS)),
    since: optional(flags.since, (text) => parseTime('--since', text)),
  };
}

function addFailed(group: Command, runner: Runner): void {
  addCommand<FailedFlags & ListFlags>(
    group,
    {
      name: 'failed',
      summary: 'List requests that have failed for good, with the reason, newest first',
      options: [...FAILED_OPTIONS, ...LIST_OPTIONS],
      examples: ['shop queue failed', 'shop queue failed --code PAYMENT_FAILED --since 2h --json'],
      run: async (context, _args, flags) => {
        const filter = { ...parseFailedFilter(flags), ...parsePage(flags) };
        const { listFailed } = await import('../../domain/request-list.ts');
        return answer(await context.read(async (server) => listFailed(await server.session(), filter)), FAILED);
      },
    },
    runner,
  );
}

interface RetryFlags extends FailedFlags {
  readonly all?: boolean;
  readonly dryRun?: boolean;
}

function addRetry(group: Command, runner: Runner): void {
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
  const { findFailed } = await import('../../domain/retries.ts');
  const failed = await findFailed(await context.session(), requests);
  if (flags.dryRun === true) return answerRetried(failed, false);
  return retry(context, { ids: failed.map(({ id }) => id), whole: true });
}

async function retryAll(context: Context, filter: FailedFilter, flags: RetryFlags): Promise<Answer | undefined> {
  const { allFailed, failedRecords } = await import('../../domain/request-list.ts');
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
  const { retry: takeBackAndQueue } = await import('../../jobs/retry.ts');
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

function addPause(group: Command, runner: Runner): void {
  addCommand(
    group,
    {
      name: 'pause',
      summary: 'Have workers apply nothing until the queue is resumed; requests are recorded as ever',
      examples: ['shop queue pause', 'shop queue pause --actor night-shift --json'],
      run: async (context) => {
        const { actor, host } = await context.config();
        const { pauseQueue } = await import('../../domain/queue-state.ts');
        const { changed, pausedBy, pausedHost, pausedAt } = await pauseQueue(await context.session(), { actor, host });
        if (!changed) await context.say(phrase`The queue was paused before, by ${pausedBy}.`);
        return answer({ paused: true, pausedBy, pausedHost, pausedAt, changed }, PAUSE);
      },
    },
    runner,
  );
}

function addResume(group: Command, runner: Runner): void {
  addCommand(
    group,
    {
      name: 'resume',
      summary: 'Let a paused queue go on',
      examples: ['shop queue resume'],
      run: async (context) => {
        const { resumeQueue } = await import('../../domain/queue-state.ts');
        const changed = await resumeQueue(await context.session());
        if (!changed) await context.say(phrase('The queue was not paused.'));
        return answer({ paused: false, pausedBy: null, pausedHost: null, pausedAt: null, changed }, PAUSE);
      },
    },
    runner,
  );
}
