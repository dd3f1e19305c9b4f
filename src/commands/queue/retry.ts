import { command } from '../../cli/command.ts';
import type { Context } from '../../cli/context.ts';
import type { OptionSpecs, OptionValues } from '../../cli/options.ts';
import { type Answer, answer } from '../../cli/output/view.ts';
import { ShopError } from '../../domain/errors.ts';
import { invalid, parseKey } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import type { RequestRecord } from '../../domain/requests/request.ts';
import { FAILED_OPTIONS } from './options.ts';
import { RETRIED, type RetriedRequest } from './view.ts';

const OPTIONS = {
  all: {
    flags: '--all',
    description: 'retry all failed requests that match --code, --kind and --since, except those of cancelled batches',
  },
  ...FAILED_OPTIONS,
  dryRun: { flags: '--dry-run', description: 'change nothing; print what would be retried' },
} satisfies OptionSpecs;

type Options = OptionValues<typeof OPTIONS>;

/** `shop queue retry` */
export const retry = command({
  name: 'retry',
  summary: 'Retry failed requests, with three new attempts each',
  arguments: [
    {
      name: 'request',
      description: 'key or id of a failed request',
      optional: true,
      variadic: true,
      values: 'failed-request',
      parse: (texts) => texts.map(parseKey),
    },
  ],
  options: OPTIONS,
  examples: [
    'shop queue retry payment-2041',
    'shop queue retry --all --since 1h --dry-run',
    'shop queue retry --all --code PAYMENT_FAILED --yes',
  ],
  run: async (context, [given], options) => {
    const requests = await requestsOf(context, given, options);
    return requests === null ? retryAll(context, options) : retryThese(context, requests, options);
  },
});

/** Returns the requests that the command line names, or null for all. @throws ShopError `INPUT_REQUIRED`, `INVALID_INPUT` */
async function requestsOf(
  context: Context,
  given: readonly string[],
  options: Options,
): Promise<readonly string[] | null> {
  if (options.all) {
    if (given.length > 0) throw invalid('--all', phrase("can't be combined with request arguments"));
    return null;
  }
  for (const option of ['code', 'kind', 'since'] as const) {
    if (options[option] !== undefined) throw invalid(`--${option}`, phrase('requires --all'));
  }
  if (given.length > 0) return given;
  if (!context.prompter.interactive) throw new ShopError('INPUT_REQUIRED', { missing: ['<request...> or --all'] });
  return [await context.prompter.input('request', parseKey, { message: phrase('request') })];
}

async function retryThese(context: Context, requests: readonly string[], { dryRun }: Options): Promise<Answer> {
  const { findFailed } = await import('../../domain/requests/retries.ts');
  const failed = await findFailed(await context.session(), requests);
  if (dryRun) return answerRetried(failed, false);
  return retryAndQueue(context, { ids: failed.map(({ id }) => id), whole: true });
}

async function retryAll(context: Context, { dryRun, ...filter }: Options): Promise<Answer | undefined> {
  const { allFailed, failedRecords } = await import('../../domain/requests/list.ts');
  const session = await context.session();
  const ids = await allFailed(session, filter);
  if (dryRun) return answerRetried(await failedRecords(session, ids), false);
  if (ids.length === 0) return answerRetried([], true);
  const question =
    ids.length === 1
      ? phrase('Retry the failed request?')
      : phrase`Retry the ${ids.length.toLocaleString('en')} failed requests?`;
  if (!(await context.confirm(question))) {
    await context.say(phrase('Nothing was done.'));
    return undefined;
  }
  return retryAndQueue(context, { ids, whole: false });
}

async function retryAndQueue(context: Context, which: { ids: readonly number[]; whole: boolean }): Promise<Answer> {
  const queue = await import('../../jobs/queue/retry-failed.ts');
  const retried = await queue.retry(await context.channel(), which, await context.origin(), () =>
    context.say(phrase('The requests could not be queued in Redis; a worker will find them in MySQL.')),
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
