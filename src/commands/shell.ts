import { command } from '../cli/command.ts';

const NOTES = `Lines are read as a POSIX shell reads them: '...', "...", \\ and # comments; a \\ at the end goes on with the next line.
A leading \`shop\` is allowed. Pipes, redirections and lists of commands are not; variables are text like any other.
The global options that are given to the shell are those of its commands, unless they give their own.

On a terminal a command that fails leaves the shell open, Ctrl-C interrupts the command alone, and \`exit\`, \`quit\` or
Ctrl-D ends with 0. Elsewhere the first command that fails ends the shell with that command's exit status. With
--keep-going all are run, and the status is still that of the first that failed. An interruption ends it either way.`;

/** `shop shell` */
export const shell = command({
  options: {
    keepGoing: { flags: '--keep-going', description: 'not on a terminal: go on behind a command that fails' },
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
