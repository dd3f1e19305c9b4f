import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import { openRanking } from '../ranking/open.ts';
import { TOP } from '../ranking/view.ts';

/** `shop product top` */
export const top = command({
  name: 'top',
  summary: 'Show the five best-selling products of the last three days',
  options: { fresh: { flags: '--fresh', description: 'bypass the cache' } },
  examples: ['shop product top', 'shop product top --fresh --json | jq -r .items[].name'],
  run: async (context, _args, { fresh }) => {
    const ranking = await openRanking(context);
    const best = await ranking.top(fresh, ({ text }) =>
      context.say(phrase`The ranking cache is unavailable: ${text.message}`),
    );
    return answer(best, TOP);
  },
});
