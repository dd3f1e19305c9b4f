import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pathOf } from '../cli/command-path.ts';
import { Connections } from '../cli/connections.ts';
import { Context } from '../cli/context.ts';
import { ENGLISH } from '../cli/i18n/language.ts';
import { parseInput } from '../cli/parse-input.ts';
import { Program } from '../cli/program.ts';
import { PROGRAM } from './index.ts';

const ignored = { write: () => true } as unknown as NodeJS.WriteStream;
const streams = { stdin: process.stdin, stdout: ignored, stderr: ignored };
/** Splits command lines with bash into the words of each `shop` in them. */
function inShell(lines: readonly string[]): string[][] {
  const directory = mkdtempSync(join(tmpdir(), 'shop-examples-'));
  try {
    for (const name of ['users.jsonl', 'commands.txt']) writeFileSync(join(directory, name), '');
    const script = `
      shop() { printf '%s\\037' "$@" >&3; printf '\\036' >&3; }
      for other in zcat jq awk source; do eval "$other() { cat >/dev/null; }"; done
      exec 3>&1 >/dev/null </dev/null
      ${lines.join('\n')}`;
    const words = execFileSync('bash', ['--norc', '-eu', '-c', script], { cwd: directory, encoding: 'utf8' });
    return words
      .split('\u001e')
      .slice(0, -1)
      .map((line) => line.split('\u001f').slice(0, -1));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** A context that opens no connection and shows no prompt. */
const context = new Context(
  {
    streams,
    connections: new Connections(),
    language: ENGLISH,
    inShell: false,
    openShell: () => {
      throw new Error('no example opens a shell');
    },
  },
  { input: false },
  () => ({ words: [], args: [], options: {} }),
);

const program = new Program(PROGRAM, { streams, language: ENGLISH });
const commands = await program.all();

it.each(commands.map((command) => ({ path: pathOf(command), command })))(
  '$path shows examples of itself in its help',
  ({ path, command }) => {
    const { examples } = program.shapeOf(command);
    let help = '';
    command.configureOutput({
      writeOut: (text) => {
        help += text;
      },
    });
    command.outputHelp();
    expect(examples.length).toBeGreaterThan(0);
    for (const line of examples) {
      expect(help).toContain(`\n  $ ${line}\n`);
      expect(line).toMatch(new RegExp(`(^|[ |(])${path}( |$)`));
    }
  },
);

it.each(commands.map((command) => ({ path: pathOf(command), command })))(
  '$path wraps the paragraphs after its examples at 80 columns',
  ({ command }) => {
    let help = '';
    command.configureOutput({
      getOutHelpWidth: () => 80,
      writeOut: (text) => {
        help += text;
      },
    });
    command.outputHelp();
    const [, ...lines] = help.slice(help.lastIndexOf('\n  $ ') + 1).split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  },
);

it.each(commands.map((command) => ({ path: pathOf(command), command })))(
  '$path parses the value of each option, and has optional and variadic arguments only at the end',
  ({ command }) => {
    const { arguments: args = [], options = {} } = program.shapeOf(command);
    for (const { flags, parse } of Object.values(options)) expect(parse !== undefined).toBe(flags.includes('<'));
    expect(args.slice(0, -1).filter(({ variadic }) => variadic === true)).toEqual([]);
    const optional = args.findIndex((argument) => argument.optional === true);
    if (optional !== -1) expect(args.slice(optional).every((argument) => argument.optional === true)).toBe(true);
  },
);

it('shows only examples that run', async () => {
  const lines = commands.flatMap((command) => program.shapeOf(command).examples);
  const called = inShell(lines);
  expect(called).toHaveLength(lines.length);
  for (const [index, words] of called.entries()) {
    if (words.includes('--help')) continue;
    let missing: unknown = lines[index];
    const inspected = new Program(PROGRAM, { streams, language: ENGLISH, execute: async () => {} });
    // throws if an argument or an option is missing or invalid
    inspected.root.hook('preAction', async (_root, command) => {
      await parseInput(context, inspected.shapeOf(command), command.args, command.optsWithGlobals());
      missing = null;
    });
    // throws if a command or an option is unknown
    await inspected.run(words);
    expect(missing).toBeNull();
  }
});
