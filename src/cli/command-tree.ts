import type { Command } from 'commander';
import type { ProgramSpec, Runner } from './command.ts';
import type { Language } from './i18n/language.ts';
import type { Streams } from './io.ts';
import { buildProgram, loadCommand } from './program.ts';

const notRun: Runner = () => Promise.reject(new Error('a command was run that is only to be inspected'));

/** A program whose commands are not run, but inspected: for completion, manual pages and the like. */
export function commandTree(spec: ProgramSpec, streams: Streams, language: Language, shell = false): Command {
  return buildProgram(spec, notRun, streams, { language, shell });
}

/** Has a command of such a program that is known by name alone take its arguments, options and commands. */
export function loadForInspection(spec: ProgramSpec, command: Command): Promise<void> {
  return loadCommand(spec, command, notRun);
}

/** The program, each group and each command, with all that they take. */
export async function allCommands(
  spec: ProgramSpec,
  streams: Streams,
  language: Language,
): Promise<readonly Command[]> {
  const program = commandTree(spec, streams, language);
  for (const command of program.commands) await loadForInspection(spec, command);
  return withAllBelow(program);
}

function withAllBelow(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withAllBelow)];
}

/** The words that call a command: `shop order place`. */
export function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
