import { command } from '../../cli/command.ts';
import type { Context } from '../../cli/context.ts';
import { answer } from '../../cli/output/view.ts';
import type { EnvironmentStatus } from '../../dev/environment.ts';
import { phrase } from '../../domain/phrase.ts';
import { STATUS } from './view.ts';

/** `shop dev status` */
export const status = command({
  name: 'status',
  summary: 'Show the state of MySQL, Redis and the worker',
  examples: ['shop dev status', 'shop dev status --json'],
  run: async (context) => {
    const config = await context.config();
    const [environment, { localServersUnused }] = await Promise.all([
      import('../../dev/environment.ts'),
      import('../../dev/given-urls.ts'),
    ]);
    const current = await environment.status(config.dev);
    await reportCrashes(context, current);
    const unused = localServersUnused(config);
    if (unused !== null) await context.say(unused);
    return answer(current, STATUS);
  },
});

/** Prints which services have crashed, with the last lines of their logs. */
async function reportCrashes(context: Context, { services }: EnvironmentStatus): Promise<void> {
  for (const { name, state, log, lastLines } of services) {
    if (state !== 'crashed') continue;
    await context.say(
      phrase`${name} is not running, although \`shop dev down\` has not stopped it. The last lines of ${log}:`,
    );
    for (const line of lastLines) await context.say(phrase`  ${line}`);
    await context.say(phrase`\`shop dev up\` starts ${name} again.`);
  }
}
