import type { Command } from 'commander';
import { addRun } from './batch-run.ts';
import { BATCH, BATCHES, RESULTS } from './batch-view.ts';
import { addCommand, type Runner } from './command.ts';
import { LIST_OPTIONS, type ListFlags } from './list-options.ts';
import { parsePage } from './options.ts';
import { answer } from './present/view.ts';

const BATCH_ARGUMENT = { name: 'batch', description: "the batch's name, or its id" };

/** `shop batch` */
export function defineBatch(group: Command, runner: Runner): void {
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
        const { listBatches } = await import('../domain/batch-report.ts');
        return answer(await listBatches(await context.session(), page), BATCHES);
      },
    },
    runner,
  );
}

function addShow(group: Command, runner: Runner): void {
  addCommand(
    group,
    {
      name: 'show',
      summary: "Show a batch's totals",
      arguments: [BATCH_ARGUMENT],
      examples: ['shop batch show payroll-2026-11', 'shop batch show 7 --json'],
      run: async (context, [batch = '']) => {
        const { readBatch } = await import('../domain/batch-report.ts');
        return answer(await readBatch(await context.session(), batch), BATCH);
      },
    },
    runner,
  );
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
        const { readResults } = await import('../domain/batch-report.ts');
        return answer(await readResults(await context.session(), batch, page), RESULTS);
      },
    },
    runner,
  );
}
