import type { Runner } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { parseKey } from '../../domain/input.ts';
import { KEY_ARGUMENT } from './arguments.ts';
import { REQUEST } from './view.ts';

/** `shop request show` */
export function addShow(group: Command, runner: Runner): void {
  addCommand(
    group,
    {
      name: 'show',
      summary: 'Show a request with its outcome',
      arguments: [KEY_ARGUMENT],
      examples: ['shop request show payment-2041', 'shop request show 17 --json'],
      run: async (context, [key = '']) => {
        const parsed = parseKey(key);
        const { showRequest } = await import('../../domain/requests/request.ts');
        return answer(await showRequest(await context.session(), parsed), REQUEST);
      },
    },
    runner,
  );
}
