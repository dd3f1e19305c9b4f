import type { Runner } from '../../cli/command.ts';
import type { Context } from '../../cli/context.ts';
import { answer } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import type { EnvironmentStatus } from '../../dev/environment.ts';
import { phrase } from '../../domain/phrase.ts';
import { STATUS } from './view.ts';

/** A server that has died is said plainly, with what it said last. */
async function reportCrashes(context: Context, { services }: EnvironmentStatus): Promise<void> {
  for (const { name, state, log, lastLines } of services) {
    if (state !== 'crashed') continue;
    await context.say(phrase`${name} has crashed. The end of ${log}:`);
    for (const line of lastLines) await context.say(phrase`  ${line}`);
    await context.say(phrase('`shop dev up` starts it again.'));
  }
}

/** `shop dev status` */
export function addStatus(group: Command, runner: Runner): void {
  addCommand(
    group,
    {
      name: 'status',
      summary: 'Show what runs, what does not, and what has crashed',
      examples: ['shop dev status', 'shop dev status --json'],
      run: async (context) => {
        const { status } = await import('../../dev/environment.ts');
        const current = await status((await context.config()).dev);
        await reportCrashes(context, current);
        return answer(current, STATUS);
      },
    },
    runner,
  );
}
