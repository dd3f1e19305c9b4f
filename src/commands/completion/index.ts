import { command } from '../../cli/command.ts';
import { write } from '../../cli/io.ts';
import { parseChoice } from '../../cli/option-values.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** The script of each shell, written in the language of that shell. */
const SCRIPTS: Readonly<Record<Shell, () => Promise<{ default: string }>>> = {
  bash: () => import('../../cli/completion/shop.bash'),
  zsh: () => import('../../cli/completion/shop.zsh'),
  fish: () => import('../../cli/completion/shop.fish'),
};

/** `shop completion` */
export const completion = command({
  arguments: [
    {
      name: 'shell',
      description: SHELLS.join(', '),
      values: SHELLS,
      parse: (text) => parseChoice('shell', text, SHELLS),
    },
  ],
  examples: ['eval "$(shop completion bash)"', 'eval "$(shop completion zsh)"', 'shop completion fish | source'],
  run: async (context, [shell]) => {
    // the script is the same in every output format
    await write(context.streams.stdout, (await SCRIPTS[shell]()).default);
    return undefined;
  },
});
