import { command } from '../../cli/command.ts';
import type { Context } from '../../cli/context.ts';
import { Interrupted } from '../../cli/interrupted.ts';
import { answer } from '../../cli/output/view.ts';
import { ShopError } from '../../domain/errors.ts';
import { phrase } from '../../domain/phrase.ts';
import type { RequestRecord } from '../../domain/requests/request.ts';
import { PENDING_REQUEST_ARGUMENT } from './arguments.ts';
import { RequestProgress } from './progress.ts';
import { REQUEST_OPTIONS } from './submit.ts';
import { CANCELLED, REQUEST } from './view.ts';

/** `shop request cancel` */
export const cancel = command({
  name: 'cancel',
  summary: 'Cancel a pending request',
  arguments: [PENDING_REQUEST_ARGUMENT],
  options: {
    wait: {
      flags: '--no-wait',
      description: 'return as soon as the withdrawal is recorded, without waiting for the outcome',
    },
    timeout: REQUEST_OPTIONS.timeout,
  },
  examples: ['shop request cancel payment-2041', 'shop request cancel 17 --json'],
  run: async (context, [key], { wait, timeout }) => {
    await context.limitWaits(timeout);
    if (!(await confirmed(context, key))) {
      await context.say(phrase('Nothing was done.'));
      return undefined;
    }
    const { withdrawRequest } = await import('../../domain/requests/withdraw.ts');
    const [session, origin] = [await context.session(), await context.origin()];
    const deadline = performance.now() + timeout;
    const withdrawn = await withdrawRequest(session, key, origin, timeout);
    context.describeInterruption(
      (signal) =>
        new Interrupted(signal, phrase`Interrupted. Request ${withdrawn.id} is withdrawn and will be refused.`, {
          hint: phrase`See its outcome with \`shop request show ${withdrawn.key}\`.`,
          details: { requestId: withdrawn.id, key: withdrawn.key },
        }),
    );
    const record =
      withdrawn.status === 'pending'
        ? await outcomeOf(context, withdrawn, wait ? deadline - performance.now() : null)
        : withdrawn;
    if (record.status === 'pending') {
      await context.say(phrase`Request ${record.id} is withdrawn: a worker will refuse it with CANCELLED.`);
    }
    return { ...answer(record, CANCELLED), subject: { key: record.key } };
  },
});

/**
 * If the command has prompted for the request, shows the request and asks whether to cancel it. @throws ShopError
 * `INVALID_REQUEST`
 */
async function confirmed(context: Context, key: string): Promise<boolean> {
  if (!context.prompter.asked) return true;
  const [{ preview }, { showRequest }] = await Promise.all([
    import('../../cli/prompts/preview.ts'),
    import('../../domain/requests/request.ts'),
  ]);
  await preview(context, answer(await showRequest(await context.session(), key), REQUEST));
  return context.confirm(phrase('Cancel this request?'));
}

/** Wakes the worker and waits for the outcome. @param timeoutMs null to return without waiting. */
async function outcomeOf(context: Context, withdrawn: RequestRecord, timeoutMs: number | null): Promise<RequestRecord> {
  const progress = new RequestProgress(context, withdrawn.key, false);
  const { awaitCancelled } = await import('../../jobs/queue/await-cancelled.ts');
  try {
    const waiting = timeoutMs === null ? null : { timeoutMs, signal: context.stopped };
    return await awaitCancelled(await context.channel(), withdrawn, progress, waiting);
  } catch (error) {
    // if the request can't be queued, the worker finds it in MySQL
    if (!(error instanceof ShopError) || error.code !== 'UNAVAILABLE') throw error;
    await progress.notQueued(error);
    return withdrawn;
  }
}
