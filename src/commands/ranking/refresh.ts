import type { Command } from 'commander';
import type { Runner } from '../../cli/command.ts';
import { optional, parseDuration } from '../../cli/options.ts';
import { answer } from '../../cli/output/view.ts';
import { addCommand, defineGroup } from '../../cli/registration.ts';
import { RANKING, rankingAddress } from './view.ts';

/** `shop ranking` */
export function defineRanking(group: Command, runner: Runner): void {
  defineGroup(group, { examples: ['shop ranking refresh --quiet'] });
  addCommand<{ lockTimeout?: string }>(
    group,
    {
      name: 'refresh',
      summary: 'Compute what sold best in the last three days, and keep it for `product top`',
      options: [
        {
          flags: '--lock-timeout <duration>',
          description: 'wait this long while another run computes it (default: not at all)',
        },
      ],
      examples: ['shop ranking refresh', 'shop ranking refresh --lock-timeout 30s --quiet'],
      run: async (context, _args, flags) => {
        const lockTimeoutMs = optional(flags.lockTimeout, (text) => parseDuration('--lock-timeout', text)) ?? 0;
        const address = await rankingAddress(context);
        const [{ ShopRanking }, { replicaNotUsed }] = await Promise.all([
          import('../../domain/shop-ranking.ts'),
          import('../../domain/replica.ts'),
        ]);
        const ranking = new ShopRanking(address, (why) => context.say(replicaNotUsed(why)));
        context.release(() => ranking.close());
        return answer(await ranking.refresh(lockTimeoutMs), RANKING);
      },
    },
    runner,
  );
}
