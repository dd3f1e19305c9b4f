import type { Command, Option } from 'commander';
import type { Values } from '../options.ts';
import type { Program } from '../program.ts';
import type { Candidate } from './candidate.ts';

/** The position of the cursor in a command line, and the words that may follow. */
export interface Cursor {
  /** The commands and options that may follow. */
  readonly words: readonly Candidate[];
  /** The values that may follow. */
  readonly values: Values | undefined;
  /** The arguments before the value. */
  readonly given: readonly string[];
  /** The typed part of the value. */
  readonly typed: string;
  /** The text before the value in the same word: `--option=`, or an empty string. */
  readonly before: string;
}

/**
 * Reads a command line up to the cursor.
 *
 * @param program a program that is only inspected.
 * @param words the words after the program's name; the last one is being typed and may be empty.
 */
export async function readToCursor(program: Program, words: readonly string[]): Promise<Cursor> {
  const reader = new CommandLineReader(program);
  for (const word of words.slice(0, -1)) await reader.read(word);
  return reader.cursor(words.at(-1) ?? '');
}

/** Reads a command line word by word. */
class CommandLineReader {
  readonly #program: Program;
  #command: Command;
  /** The arguments read so far. */
  readonly #given: string[] = [];
  readonly #options = new Set<Option>();
  /** The option whose value comes next. */
  #open: Option | null = null;
  /** True after `help`, because only commands can follow it. */
  #help = false;
  /** True after `--`, because only arguments can follow it. */
  #argumentsOnly = false;

  constructor(program: Program) {
    this.#program = program;
    this.#command = program.root;
  }

  async read(word: string): Promise<void> {
    if (this.#open !== null) {
      this.#open = null;
    } else if (!this.#argumentsOnly && word === '--') {
      this.#argumentsOnly = true;
    } else if (!this.#argumentsOnly && /^-./.test(word)) {
      this.#readOption(word);
    } else if (this.#command === this.#program.root && word === 'help') {
      this.#help = true;
    } else {
      await this.#readArgument(word);
    }
  }

  cursor(word: string): Cursor {
    const nothing = { words: [], values: undefined, given: this.#given, typed: word, before: '' };
    if (this.#open !== null) return { ...nothing, values: this.#valuesOf(this.#open) };
    if (!this.#argumentsOnly && word.startsWith('-')) {
      const [before] = /^--[^=]+=/.exec(word) ?? [];
      if (before === undefined) return { ...nothing, words: this.#optionWords() };
      const option = this.#findOption(before.slice(0, -1));
      return { ...nothing, values: option && this.#valuesOf(option), typed: word.slice(before.length), before };
    }
    const words = this.#given.length > 0 || this.#argumentsOnly ? [] : this.#commandWords();
    return this.#help ? { ...nothing, words } : { ...nothing, words, values: this.#argumentValues() };
  }

  #readOption(word: string): void {
    const [name = '', value] = word.split('=', 2);
    const option = this.#findOption(name);
    if (option === undefined) return;
    this.#options.add(option);
    if (option.required && value === undefined) this.#open = option;
  }

  async #readArgument(word: string): Promise<void> {
    const command =
      this.#given.length === 0 && !this.#argumentsOnly
        ? this.#command.commands.find((candidate) => candidate.name() === word)
        : undefined;
    if (command === undefined) {
      this.#given.push(word);
      return;
    }
    await this.#program.load(command);
    this.#command = command;
  }

  #commandWords(): Candidate[] {
    const help = this.#command.createHelp();
    return help
      .visibleCommands(this.#command)
      .filter((command) => command.name() !== 'help' || (this.#command === this.#program.root && !this.#help))
      .map((command) => ({ word: command.name(), about: help.subcommandDescription(command) }));
  }

  /** Returns the long names of the options that have not been given yet. */
  #optionWords(): Candidate[] {
    const help = this.#command.createHelp();
    return this.#allOptions()
      .filter((option) => !this.#options.has(option))
      .map((option) => ({ word: option.long ?? '', about: help.optionDescription(option) }));
  }

  #allOptions(): Option[] {
    const help = this.#command.createHelp();
    const own = help.visibleOptions(this.#command);
    // a command's own option hides a global option of the same name
    const names = new Set(own.map(({ long }) => long));
    return [...own, ...help.visibleGlobalOptions(this.#command).filter(({ long }) => !names.has(long))];
  }

  #findOption(name: string): Option | undefined {
    return this.#allOptions().find(({ short, long }) => name === short || name === long);
  }

  #valuesOf({ flags }: Option): Values | undefined {
    for (let command: Command | null = this.#command; command !== null; command = command.parent) {
      const { options = {} } = this.#program.shapeOf(command);
      const spec = Object.values(options).find((option) => option.flags === flags);
      if (spec !== undefined) return spec.values;
    }
    return undefined;
  }

  #argumentValues(): Values | undefined {
    const { arguments: specs = [] } = this.#program.shapeOf(this.#command);
    const last = specs.at(-1);
    return (specs[this.#given.length] ?? (last?.variadic === true ? last : undefined))?.values;
  }
}
