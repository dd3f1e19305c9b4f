import type { Runner } from '../../cli/command.ts';
import { WATCH_OPTION, type WatchFlags, watch } from '../../cli/live/watch.ts';
import { answer } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { phrase } from '../../domain/phrase.ts';
import { drawQueue } from './live-view.ts';
import { holdInWords, STATUS } from './view.ts';

/** `shop queue status` */
export function addStatus(group: Command, runner: Runner): void {
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
        const { QueueWatch } = await import('../../jobs/queue/status.ts');
        const queue = new QueueWatch(await context.session(), redisUrl, { databaseUrl, prefix });
        context.release(() => queue.close());
        if (flags.watch === true) {
          return watch(context, {
            read: () => queue.look(),
            answer: (status) => answer(status, STATUS),
            draw: drawQueue,
          });
        }
        const status = await queue.look();
        if (status.redisError !== null) await context.say(phrase`${status.redisError}`);
        if (status.hold !== null) await context.say(holdInWords(status.hold));
        return answer(status, STATUS);
      },
    },
    runner,
  );
}
