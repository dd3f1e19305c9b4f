import type { Command } from 'commander';
import type { ArgumentSpec, Runner } from '../../cli/command.ts';
import { type Looks, WATCH_OPTION, type WatchFlags, watch } from '../../cli/live/watch.ts';
import { LIST_OPTIONS, type ListFlags, parsePage } from '../../cli/options.ts';
import { answer } from '../../cli/output/view.ts';
import { addCommand, defineGroup } from '../../cli/registration.ts';
import type { FollowedBatch } from '../../domain/batch-follow.ts';
import { addRun } from './run.ts';
import { BATCH, BATCHES, drawBatch, RESULTS } from './view.ts';

const BATCH_ARGUMENT: ArgumentSpec = {
  name: 'batch',
  description: "the batch's name, or its id",
  values: 'batch',
  ask: async (context) => (await import('../request/pick.ts')).pickBatch(context),
};

/** `shop batch` */
export function defineBatch(group: Command, runner: Runner): void {
  defineGroup(group, { examples: ['shop batch run orders.csv', 'shop batch results orders-2026-11-22'] });
  addRun(group, runner);
  addList(group, runner);
  addShow(group, runner);
  addResults(group, runner);
}

function addList(group: Command, runner: Runner): void {
  addCommand<ListFlags>(
    group,
    {
      name: 'list',
      summary: 'List batches, newest first',
      options: LIST_OPTIONS,
      examples: ['shop batch list', 'shop batch list --limit 100 --json'],
      run: async (context, _args, flags) => {
        const page = parsePage(flags);
        const { listBatches } = await import('../../domain/batch-report.ts');
        return answer(await context.read(async (server) => listBatches(await server.session(), page)), BATCHES);
      },
    },
    runner,
  );
}

function addShow(group: Command, runner: Runner): void {
  addCommand<WatchFlags>(
    group,
    {
      name: 'show',
      summary: "Show a batch's totals",
      arguments: [BATCH_ARGUMENT],
      options: [WATCH_OPTION],
      examples: ['shop batch show payroll-2026-11', 'shop batch show 7 --json', 'shop batch show 7 --watch'],
      run: async (context, [batch = ''], flags) => {
        if (flags.watch === true) {
          const { BatchFollower } = await import('../../domain/batch-follow.ts');
          const follower = new BatchFollower(await context.session(), batch);
          return watch(context, {
            look: () => follower.look(),
            answer: ({ whole: _, ...totals }) => answer(totals, BATCH),
            draw: drawBatch,
            done: isDone,
          });
        }
        const { readBatch } = await import('../../domain/batch-report.ts');
        return answer(await readBatch(await context.session(), batch), BATCH);
      },
    },
    runner,
  );
}

/** Without a run that sends it to its end, a batch of which nothing is pending and nothing new has come is done as well. */
function isDone({ now, before }: Looks<FollowedBatch>): boolean {
  return now.pending === 0 && (now.whole || now.total === before?.total);
}

function addResults(group: Command, runner: Runner): void {
  addCommand<ListFlags>(
    group,
    {
      name: 'results',
      summary: "Show what became of a batch's rows, in file order",
      arguments: [BATCH_ARGUMENT],
      options: [
        ...LIST_OPTIONS.slice(0, 1),
        { flags: '--after <line>', description: 'go on after this line, the last one that was seen' },
      ],
      examples: ['shop batch results payroll-2026-11', 'shop batch results 7 --limit 1000 --after 1001 -o csv'],
      run: async (context, [batch = ''], flags) => {
        const page = parsePage(flags);
        const { readResults } = await import('../../domain/batch-report.ts');
        return answer(await readResults(await context.session(), batch, page), RESULTS);
      },
    },
    runner,
  );
}
