import { command } from '../cli/command.ts';

const NOTES = `Lines are split into words as in a POSIX shell: '...', "...", \\ and # comments; a \\ at the end continues the line.
A leading \`shop\` is allowed. Pipes, redirections and command lists are not supported; variables are not expanded.
Commands inherit the global options of the shell, and can override them.

On a terminal, the shell continues after a failed command. Ctrl-C interrupts only the current command; \`exit\`,
\`quit\` or Ctrl-D leaves the shell with exit status 0. If input is not a terminal, the shell stops at the first failed
command and exits with the status of that command. With --keep-going, all commands run; the exit status is still that
of the first failed command. An interruption always ends the shell.`;

/** `shop shell` */
export const shell = command({
  options: {
    keepGoing: { flags: '--keep-going', description: 'continue after a failed command (if input is not a terminal)' },
  },
  examples: [
    'shop shell',
    'shop shell < commands.txt',
    'shop shell --keep-going --actor night-shift -o json < commands.txt',
  ],
  notes: NOTES,
  run: async (context, _args, { keepGoing }) => {
    const { stdin, stderr } = context.streams;
    const interpreter = context.openShell();
    if (stdin.isTTY && stderr.isTTY) {
      const { runPrompt } = await import('../cli/shell/interactive.ts');
      return { exit: await runPrompt(context, interpreter) };
    }
    const { runScript } = await import('../cli/shell/script.ts');
    return { exit: await runScript(context, interpreter, keepGoing) };
  },
});
