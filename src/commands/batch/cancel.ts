import { command } from '../../cli/command.ts';
import { grouped } from '../../cli/output/numbers.ts';
import { answer } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import { PENDING_BATCH_ARGUMENT } from './arguments.ts';
import { cancelled } from './view.ts';

/** `shop batch cancel` */
export const cancel = command({
  name: 'cancel',
  summary: 'Cancel a batch: stop sending its rows and refuse its pending rows',
  arguments: [PENDING_BATCH_ARGUMENT],
  examples: ['shop batch cancel payroll-2026-11', 'shop batch cancel 7 --yes --json'],
  run: async (context, [text]) => {
    const [{ cancelBatch, countWithdrawable, requireCancellable }, { findBatch, readBatch }] = await Promise.all([
      import('../../domain/batches/cancel.ts'),
      import('../../domain/batches/report.ts'),
    ]);
    const origin = await context.origin();
    const session = await context.session();
    const batch = await findBatch(session, text);
    const { name, cancelledAt } = batch;
    if (!context.yes) {
      await requireCancellable(session, batch);
      const pending = grouped(await countWithdrawable(session, batch));
      if (!(await context.confirm(phrase`Cancel batch ${name}? Pending rows: ${pending}.`))) {
        await context.say(phrase('Nothing was done.'));
        return undefined;
      }
    }
    const withdrawn = await cancelBatch(session, name, origin, context.stopped);
    const view = cancelled(cancelledAt !== null);
    return { ...answer({ ...(await readBatch(session, name)), withdrawn }, view), subject: { batch: name } };
  },
});
