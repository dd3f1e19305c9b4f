import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import { PAUSE } from './view.ts';

/** `shop queue pause` */
export const pause = command({
  name: 'pause',
  summary: 'Pause the queue; requests are still recorded',
  examples: ['shop queue pause', 'shop queue pause --actor night-shift --json'],
  run: async (context) => {
    const origin = await context.origin();
    const { pauseQueue } = await import('../../domain/requests/pause.ts');
    const { changed, pausedBy, pausedHost, pausedAt } = await pauseQueue(await context.session(), origin);
    if (!changed) await context.say(phrase`The queue was already paused by ${pausedBy}.`);
    return answer({ paused: true, pausedBy, pausedHost, pausedAt, changed }, PAUSE);
  },
});
