import { type Command, Help, type HelpConfiguration } from 'commander';
import type { Language } from './language.ts';

/** Has help told in a language: commander's own words, and the summaries and descriptions that commands are defined with. */
export function helpIn({ text }: Language): HelpConfiguration {
  const standard = new Help();
  return {
    styleTitle: text,
    // of a summary, the sentence that `Program` makes
    commandDescription: (command) => {
      const [summary, description] = [command.summary(), command.description()];
      return description === `${summary}.` ? `${text(summary)}.` : text(description);
    },
    subcommandDescription: (command) => text(standard.subcommandDescription(command)),
    optionDescription: (option) => text(standard.optionDescription(option)),
    argumentDescription: (argument) => text(standard.argumentDescription(argument)),
  };
}

/** A text that is added to a command's help, in the language of that. */
export function helpText(command: Command, english: string): string {
  return command.createHelp().styleTitle(english);
}
