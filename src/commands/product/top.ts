import type { Runner } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { phrase } from '../../domain/phrase.ts';
import { rankingAddress } from '../ranking/address.ts';
import { RANKING } from '../ranking/view.ts';

/** `shop product top` */
export function addTop(group: Command, runner: Runner): void {
  addCommand<{ fresh?: boolean }>(
    group,
    {
      name: 'top',
      summary: 'Show the five products that sold best in the last three days',
      options: [{ flags: '--fresh', description: 'compute it now, whatever the cache holds' }],
      examples: ['shop product top', 'shop product top --fresh --json | jq -r .items[].name'],
      run: async (context, _args, { fresh }) => {
        const address = await rankingAddress(context);
        const [{ ShopRanking }, { replicaNotUsed }] = await Promise.all([
          import('../../domain/ranking/ranking.ts'),
          import('../../domain/servers/replica.ts'),
        ]);
        const ranking = new ShopRanking(address, (why) => context.say(replicaNotUsed(why)));
        context.release(() => ranking.close());
        const top = await ranking.top(fresh === true, ({ text }) =>
          context.say(phrase`The cache of the ranking can't be used: ${text.message}`),
        );
        return answer(top, RANKING);
      },
    },
    runner,
  );
}
