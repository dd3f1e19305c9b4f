import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import { openRanking } from '../ranking/open.ts';
import { TOP } from '../ranking/view.ts';

/** `shop product top` */
export const top = command({
  name: 'top',
  summary: 'Show the five products that sold best in the last three days',
  options: { fresh: { flags: '--fresh', description: 'compute it now, whatever the cache holds' } },
  examples: ['shop product top', 'shop product top --fresh --json | jq -r .items[].name'],
  run: async (context, _args, { fresh }) => {
    const ranking = await openRanking(context);
    const best = await ranking.top(fresh, ({ text }) =>
      context.say(phrase`The cache of the ranking can't be used: ${text.message}`),
    );
    return answer(best, TOP);
  },
});
