import { command } from '../../cli/command.ts';
import { WATCH_OPTION, watch } from '../../cli/live/watch.ts';
import { answer, forPeople } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import { drawQueue, drawStatus } from './live-view.ts';
import { holdInWords, STATUS } from './view.ts';

const SHOWN = forPeople(STATUS, { draw: drawStatus });

/** `shop queue status` */
export const status = command({
  name: 'status',
  summary: 'Show the number of requests by status, the workers and the batches under way',
  options: { watch: WATCH_OPTION },
  examples: ['shop queue status', 'shop queue status --watch', 'shop queue status --watch -o jsonl'],
  run: async (context, _args, options) => {
    const { prefix } = await context.config();
    const [databaseUrl, redisUrl] = [await context.databaseUrl(), await context.redisUrl()];
    const { QueueStatusReader } = await import('../../jobs/queue/status.ts');
    const queue = new QueueStatusReader(await context.session(), redisUrl, { databaseUrl, prefix });
    context.release(() => queue.close());
    if (options.watch) {
      return watch(context, {
        read: () => queue.read(),
        answer: (read) => answer(read, SHOWN),
        draw: drawQueue,
      });
    }
    const read = await queue.read();
    if (read.redisError !== null) await context.say(phrase`${read.redisError}`);
    if (read.hold !== null) await context.say(holdInWords(read.hold));
    return answer(read, SHOWN);
  },
});
