import { command } from '../../cli/command.ts';
import { type Readings, WATCH_OPTION, watch } from '../../cli/live/watch.ts';
import { answer } from '../../cli/output/view.ts';
import type { FollowedBatch } from '../../domain/batches/follow.ts';
import { BATCH_ARGUMENT } from './arguments.ts';
import { drawBatch } from './live-view.ts';
import { BATCH } from './view.ts';

/** `shop batch show` */
export const show = command({
  name: 'show',
  summary: "Show a batch's totals",
  arguments: [BATCH_ARGUMENT],
  options: { watch: WATCH_OPTION },
  examples: ['shop batch show payroll-2026-11', 'shop batch show 7 --json', 'shop batch show 7 --watch'],
  run: async (context, [batch], options) => {
    if (options.watch) {
      const [{ BatchFollower }, { readPause }] = await Promise.all([
        import('../../domain/batches/follow.ts'),
        import('../../domain/requests/pause.ts'),
      ]);
      const session = await context.session();
      const follower = new BatchFollower(session, batch);
      return watch(context, {
        read: async () => ({ ...(await follower.poll()), pause: await readPause(session) }),
        answer: ({ whole: _, pause: __, ...totals }) => answer(totals, BATCH),
        draw: drawBatch,
        done: isDone,
      });
    }
    const { readBatch } = await import('../../domain/batches/report.ts');
    return answer(await readBatch(await context.session(), batch), BATCH);
  },
});

/** Returns true if nothing is pending, and the batch has been sent completely or has not grown since the last poll. */
function isDone({ now, before }: Readings<FollowedBatch>): boolean {
  return now.pending === 0 && (now.whole || now.total === before?.total);
}
