import type { Command, Option } from 'commander';
import type { CommandShape, ProgramSpec } from '../command.ts';
import { pathOf } from '../command-path.ts';
import {
  EXIT_BATCH_INCOMPLETE,
  EXIT_BUG,
  EXIT_CODES,
  EXIT_DONE,
  EXIT_FAULT_FOUND,
  EXIT_INTERRUPTED,
  EXIT_REQUEST_FAILED,
} from '../exit-codes.ts';
import { ENGLISH } from '../i18n/language.ts';
import type { Streams } from '../io.ts';
import { Program } from '../program.ts';
import { packageVersion } from '../version.ts';
import { bold, entry, quoted, section, synopsis, text, verbatim } from './roff.ts';

/** A manual page. Its name includes the section, as in `shop-order-place.1`. */
export interface ManPage {
  readonly name: string;
  readonly source: string;
}

const SECTION = 1;

/** Creates a page for the program, each group and each command, from the same definitions as their help. */
export async function manPages(spec: ProgramSpec, streams: Streams, date: Date): Promise<ManPage[]> {
  const program = new Program(spec, { streams, language: ENGLISH });
  return (await program.all()).map((command) => ({
    name: `${nameOf(command)}.${SECTION}`,
    source: `${page(command, program.shapeOf(command), date).join('\n')}\n`,
  }));
}

function page(command: Command, { arguments: args = [], examples }: CommandShape, date: Date): string[] {
  const { parent } = command;
  const name = nameOf(command);
  const help = command.createHelp();
  const summary = command.summary() || command.description().replace(/\.$/, '');
  const day = date.toISOString().slice(0, 10);
  return [
    `.TH ${quoted(name.toUpperCase())} ${SECTION} ${day} ${quoted(`shop ${packageVersion()}`)} ${quoted('shop')}`,
    ...section('NAME', [`${text(name)} \\- ${text(summary)}`]),
    ...section('SYNOPSIS', [`${bold(pathOf(command))} ${synopsis(command.usage())}`]),
    ...section('DESCRIPTION', [text(command.description())]),
    ...section(
      'COMMANDS',
      command.commands.flatMap((child) => entry(reference(child), text(child.description()))),
    ),
    ...section('ARGUMENTS', args.flatMap(argument)),
    ...section('OPTIONS', [
      ...help.visibleOptions(command).flatMap(option),
      ...(parent === null ? [] : ['.PP', `See ${reference(rootOf(command))} for the options of all commands.`]),
    ]),
    ...section('EXIT STATUS', parent === null ? exitStatus() : [`See ${reference(rootOf(command))}.`]),
    ...section('EXAMPLES', verbatim(examples)),
    ...section(
      'SEE ALSO',
      [...(parent === null ? [] : [parent]), ...command.commands].map(reference).join(',\n').split('\n'),
    ),
  ];
}

function argument({ name, description }: { name: string; description: string }): string[] {
  return entry(`\\fI${text(name)}\\fR`, text(description));
}

function option({ flags, description }: Option): string[] {
  return entry(
    flags
      .split(/(<[^>]+>|, )/)
      .filter((part) => part !== '')
      .map((part) => (/^[<,]/.test(part) ? synopsis(part) : bold(part)))
      .join(''),
    text(description),
  );
}

function exitStatus(): string[] {
  const statuses: [number, string][] = [
    [EXIT_DONE, 'success'],
    [EXIT_BUG, 'a bug in shop: INTERNAL'],
    ...codesByStatus(),
    [EXIT_BATCH_INCOMPLETE, 'a batch or an import ran, some of its rows were refused or failed'],
    [EXIT_REQUEST_FAILED, 'a request failed after three attempts and changed nothing: CHARGE_FAILED and similar codes'],
    [EXIT_FAULT_FOUND, 'audit or doctor found a fault'],
    ...Object.entries(EXIT_INTERRUPTED).map(([signal, status]): [number, string] => [
      status,
      `interrupted by ${signal}`,
    ]),
  ];
  return statuses.sort(([a], [b]) => a - b).flatMap(([status, about]) => entry(bold(String(status)), text(about)));
}

function codesByStatus(): [number, string][] {
  const codes = new Map<number, string[]>();
  for (const [code, status] of Object.entries(EXIT_CODES)) codes.set(status, [...(codes.get(status) ?? []), code]);
  return [...codes].map(([status, names]) => [status, names.join(', ')]);
}

/** Returns a reference to the page of a command. */
function reference(command: Command): string {
  return `${bold(nameOf(command))}(${SECTION})`;
}

function nameOf(command: Command): string {
  return pathOf(command).replaceAll(' ', '-');
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}
