import { type Command, CommanderError } from 'commander';
import { ShopError, USAGE_HINT } from '../domain/errors.ts';
import { type Phrase, phrase, sentences } from '../domain/phrase.ts';
import { helpHint, pathOf } from './command-path.ts';
import { didYouMean, nearest } from './suggestion.ts';

/**
 * Makes the error of a command line more specific.
 *
 * - An error of commander is converted to a `ShopError`. Commander's error has only a code and an English text, so the values
 *   that the text names are taken from the command.
 * - `USAGE_HINT` is replaced with a hint to see the help of this command.
 *
 * @param command the command that ran, or the one that rejected the command line.
 */
export function usageError(error: unknown, command: Command, argv: readonly string[]): unknown {
  if (error instanceof CommanderError) return parserError(error, command, argv);
  if (!(error instanceof ShopError) || error.text.hint !== USAGE_HINT) return error;
  const { code, details, text } = error;
  return new ShopError(code, details, { message: text.message, hint: helpHint(command), cause: error });
}

function parserError(error: CommanderError, command: Command, argv: readonly string[]): Error {
  switch (error.code) {
    case 'commander.unknownOption': {
      const [flag = ''] = command.parseOptions(command.args).unknown;
      const similar = flag.startsWith('--') ? similarOptions(command, flag) : [];
      return refused(command, phrase`Unknown option '${flag}'.`, similar);
    }
    case 'commander.unknownCommand':
      return unknownCommand(command);
    case 'commander.optionMissingArgument':
      return refused(command, phrase`Option '${lastOption(command, argv)?.flags}' needs a value.`);
    case 'commander.excessArguments': {
      const most = command.registeredArguments.length;
      const unexpected = JSON.stringify(command.args[most]);
      return refused(
        command,
        most === 0
          ? phrase`Unexpected argument ${unexpected}.`
          : phrase`Unexpected argument ${unexpected}; quote names that contain spaces.`,
      );
    }
    default:
      return error;
  }
}

/**
 * Creates the error for an unknown command. For a group, the error lists all commands, because they are few. For the
 * program, which has many commands, the error suggests only similar ones.
 */
function unknownCommand(command: Command): ShopError {
  const [name = ''] = command.args;
  const names = command
    .createHelp()
    .visibleCommands(command)
    .map((known) => known.name())
    .filter((known) => known !== 'help');
  if (command.parent === null) return refused(command, phrase`Unknown command \`${name}\`.`, nearest(name, names));
  const [, ...group] = pathOf(command).split(' ');
  const words = [...group, name].join(' ');
  return refused(command, phrase`Unknown command \`${words}\`; available: ${names.join(', ')}.`);
}

function refused(command: Command, message: Phrase, similar: readonly string[] = []): ShopError {
  const [first = '', ...rest] = String(message);
  return new ShopError(
    'INVALID_INPUT',
    { field: 'arguments', reason: `${first.toLowerCase()}${rest.join('')}` },
    { message, hint: sentences(didYouMean(similar.toSorted()), helpHint(command)) },
  );
}

/** Finds similar options of the command, of its group and of the program. */
function similarOptions(command: Command, flag: string): readonly string[] {
  const names = new Set<string>();
  for (let one: Command | null = command; one !== null; one = one.parent)
    for (const { long } of one.createHelp().visibleOptions(one)) if (long !== undefined) names.add(long);
  return nearest(flag, [...names], (name) => name.slice(2));
}

/** Returns the last option on the command line that takes a value. */
function lastOption({ options }: Command, argv: readonly string[]) {
  const optionOf = (word: string) => options.find(({ long, short }) => word === long || word === short);
  return argv.map(optionOf).findLast((option) => option?.required === true);
}
