import { command } from '../../cli/command.ts';
import { parseDuration } from '../../cli/option-values.ts';
import { answer } from '../../cli/output/view.ts';
import { openRanking } from './open.ts';
import { REFRESHED } from './view.ts';

/** `shop ranking refresh` */
export const refresh = command({
  name: 'refresh',
  summary: 'Compute the best sellers of the last three days for `shop product top`',
  options: {
    lockTimeout: {
      flags: '--lock-timeout <duration>',
      description: 'maximum wait while another run computes the ranking (default: no wait)',
      parse: (text) => parseDuration('--lock-timeout', text),
      default: 0,
    },
  },
  examples: ['shop ranking refresh', 'shop ranking refresh --lock-timeout 30s --quiet'],
  run: async (context, _args, { lockTimeout }) => {
    const ranking = await openRanking(context);
    return answer(await ranking.refresh(lockTimeout), REFRESHED);
  },
});
