import type { Runner } from '../../cli/command.ts';
import { optional, parseDuration } from '../../cli/options.ts';
import { answer } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { rankingAddress } from './address.ts';
import { RANKING } from './view.ts';

/** `shop ranking refresh` */
export function addRefresh(group: Command, runner: Runner): void {
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
          import('../../domain/ranking/ranking.ts'),
          import('../../domain/servers/replica.ts'),
        ]);
        const ranking = new ShopRanking(address, (why) => context.say(replicaNotUsed(why)));
        context.release(() => ranking.close());
        return answer(await ranking.refresh(lockTimeoutMs), RANKING);
      },
    },
    runner,
  );
}
