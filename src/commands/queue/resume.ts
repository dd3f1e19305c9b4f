import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import { PAUSE } from './view.ts';

/** `shop queue resume` */
export const resume = command({
  name: 'resume',
  summary: 'Resume a paused queue',
  examples: ['shop queue resume'],
  run: async (context) => {
    const { resumeQueue } = await import('../../domain/requests/pause.ts');
    const changed = await resumeQueue(await context.session(), await context.origin());
    if (!changed) await context.say(phrase('The queue was not paused.'));
    return answer({ paused: false, pausedBy: null, pausedHost: null, pausedAt: null, changed }, PAUSE);
  },
});
