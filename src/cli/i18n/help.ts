import { type Command, Help, type HelpConfiguration } from 'commander';
import { DEFAULT_WIDTH } from '../output/page.ts';
import type { Language } from './language.ts';

/** Translates help, which consists of commander's own text and the summaries and descriptions of commands. */
export function helpIn({ text }: Language): HelpConfiguration {
  const standard = new Help();
  return {
    styleTitle: text,
    // if a description is the summary with a full stop, the translation of the summary is used
    commandDescription: (command) => {
      const [summary, description] = [command.summary(), command.description()];
      return description === `${summary}.` ? `${text(summary)}.` : text(description);
    },
    subcommandDescription: (command) => text(standard.subcommandDescription(command)),
    optionDescription: (option) => text(standard.optionDescription(option)),
    argumentDescription: (argument) => text(standard.argumentDescription(argument)),
  };
}

/** Translates text that is added to a command's help. */
export function helpText(command: Command, english: string): string {
  return command.createHelp().styleTitle(english);
}

/** Translates paragraphs that are added to a command's help, and wraps them like the rest of the help. */
export function helpParagraphs(command: Command, english: string): string {
  // a terminal without a size has 0 columns, and a pipe has none
  const width = command.configureOutput().getOutHelpWidth?.() || DEFAULT_WIDTH;
  const paragraphs = helpText(command, english).split('\n\n');
  return paragraphs
    .map((paragraph) => command.createHelp().boxWrap(paragraph.replaceAll('\n', ' '), width))
    .join('\n\n');
}
