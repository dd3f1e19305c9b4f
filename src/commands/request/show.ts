import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { REQUEST_ARGUMENT } from './arguments.ts';
import { REQUEST } from './view.ts';

/** `shop request show` */
export const show = command({
  name: 'show',
  summary: 'Show a request with its outcome',
  arguments: [REQUEST_ARGUMENT],
  examples: ['shop request show payment-2041', 'shop request show 17 --json'],
  run: async (context, [key]) => {
    const [{ showRequest }, { withReasons }] = await Promise.all([
      import('../../domain/requests/request.ts'),
      import('../../domain/requests/list.ts'),
    ]);
    const session = await context.session();
    const request = await showRequest(session, key);
    const [failed] = request.status === 'failed' ? await withReasons(session, [request]) : [];
    return answer(failed ?? request, REQUEST);
  },
});
