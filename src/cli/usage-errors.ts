import type { Command, CommanderError } from 'commander';
import { ShopError } from '../domain/errors.ts';
import { type Phrase, phrase, sentences } from '../domain/phrase.ts';
import { didYouMean, nearest } from './suggestion.ts';

/**
 * A command line that commander can't parse, as an error of the shop. Commander's error has a code and an English text;
 * the values that the text names are taken from the command.
 *
 * @param command the one that refused its part of `argv`.
 */
export function usageError(error: CommanderError, command: Command, argv: readonly string[]): Error {
  switch (error.code) {
    case 'commander.unknownOption': {
      const [flag = ''] = command.parseOptions(command.args).unknown;
      return refused(phrase`Unknown option '${flag}'.`, flag.startsWith('--') ? similarOptions(command, flag) : []);
    }
    case 'commander.unknownCommand': {
      const [name = ''] = command.args;
      const names = command.createHelp().visibleCommands(command);
      return refused(
        phrase`Unknown command '${name}'.`,
        nearest(
          name,
          names.map((known) => known.name()),
        ),
      );
    }
    case 'commander.optionMissingArgument':
      return refused(phrase`Option '${lastOption(command, argv)?.flags}' argument missing.`);
    case 'commander.excessArguments': {
      const [most, given] = [command.registeredArguments.length, command.args.length];
      return refused(
        most === 1
          ? phrase`Too many arguments for '${command.name()}'. Expected 1 argument but got ${given}.`
          : phrase`Too many arguments for '${command.name()}'. Expected ${most} arguments but got ${given}.`,
      );
    }
    default:
      return error;
  }
}

function refused(message: Phrase, meant: readonly string[] = []): ShopError {
  const [first = '', ...rest] = String(message);
  return new ShopError(
    'INVALID_INPUT',
    { field: 'arguments', reason: `${first.toLowerCase()}${rest.join('')}` },
    { message, hint: sentences(didYouMean(meant.toSorted()), phrase('See --help for what is expected.')) },
  );
}

/** Options of the command, and of those that it is in. */
function similarOptions(command: Command, flag: string): readonly string[] {
  const names = new Set<string>();
  for (let one: Command | null = command; one !== null; one = one.parent)
    for (const { long } of one.createHelp().visibleOptions(one)) if (long !== undefined) names.add(long);
  return nearest(flag, [...names], (name) => name.slice(2));
}

/** The last option with a value that the command was given. */
function lastOption({ options }: Command, argv: readonly string[]) {
  const optionOf = (word: string) => options.find(({ long, short }) => word === long || word === short);
  return argv.map(optionOf).findLast((option) => option?.required === true);
}
