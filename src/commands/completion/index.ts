import type { Runner } from '../../cli/command.ts';
import { write } from '../../cli/io.ts';
import { parseChoice } from '../../cli/options.ts';
import { type Command, defineCommand } from '../../cli/registration.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** The script of each shell, a file of its own: it is that shell's language. */
const SCRIPTS: Readonly<Record<Shell, () => Promise<{ default: string }>>> = {
  bash: () => import('../../cli/completion/shop.bash'),
  zsh: () => import('../../cli/completion/shop.zsh'),
  fish: () => import('../../cli/completion/shop.fish'),
};

/** `shop completion` */
export function defineCompletion(command: Command, runner: Runner): void {
  const parseShell = (text: string) => parseChoice('shell', text, SHELLS);
  defineCommand(
    command,
    {
      arguments: [{ name: 'shell', description: SHELLS.join(', '), values: SHELLS, parse: parseShell }],
      examples: ['eval "$(shop completion bash)"', 'eval "$(shop completion zsh)"', 'shop completion fish | source'],
      run: async (context, [shell = '']) => {
        // a script is one in every format
        await write(context.streams.stdout, (await SCRIPTS[parseShell(shell)]()).default);
        return undefined;
      },
    },
    runner,
  );
}
