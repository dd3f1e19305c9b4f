import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { pauseInWords } from '../queue/view.ts';
import { REQUEST_ARGUMENT } from './arguments.ts';
import { REQUEST } from './view.ts';

/** `shop request show` */
export const show = command({
  name: 'show',
  summary: 'Show a request with its outcome',
  arguments: [REQUEST_ARGUMENT],
  examples: ['shop request show payment-2041', 'shop request show 17 --json'],
  run: async (context, [key]) => {
    const [{ showRequest }, { withReasons }, { readPause }] = await Promise.all([
      import('../../domain/requests/request.ts'),
      import('../../domain/requests/list.ts'),
      import('../../domain/requests/pause.ts'),
    ]);
    const session = await context.session();
    const request = await showRequest(session, key);
    const pause = request.status === 'pending' ? await readPause(session) : null;
    if (pause !== null) await context.say(pauseInWords(pause));
    const [failed] = request.status === 'failed' ? await withReasons(session, [request]) : [];
    return answer(failed ?? request, REQUEST);
  },
});
