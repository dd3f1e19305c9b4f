import type { Command, Option } from 'commander';

/**
 * The commands and options that the last word of a command line may be.
 *
 * @param words all but the program's own name; the last is the one that is being typed, and may be empty.
 * @param load has a command of the program that is known by name alone take its arguments, options and commands.
 */
export async function candidatesFor(
  program: Command,
  words: readonly string[],
  load: (command: Command) => Promise<void>,
): Promise<readonly string[]> {
  let command = program;
  for (const word of words.slice(0, -1)) {
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next === undefined) continue;
    if (command === program) await load(next);
    command = next;
  }
  const typed = words.at(-1) ?? '';
  const help = command.createHelp();
  const options: Option[] = [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
  const candidates = typed.startsWith('-')
    ? options.map(({ long }) => long ?? '')
    : help.visibleCommands(command).map((candidate) => candidate.name());
  return candidates.filter((candidate) => candidate.startsWith(typed));
}
