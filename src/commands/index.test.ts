import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Runner } from '../cli/command.ts';
import { allCommands, pathOf } from '../cli/command-tree.ts';
import { ENGLISH } from '../cli/i18n/language.ts';
import { buildProgram } from '../cli/program.ts';
import { type Command, shapeOf } from '../cli/registration.ts';
import { PROGRAM } from './index.ts';

const ignored = { write: () => true } as unknown as NodeJS.WriteStream;
const streams = { stdin: process.stdin, stdout: ignored, stderr: ignored };
/** What a shell makes of command lines: the words of each `shop` in them. */
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

const commands = await allCommands(PROGRAM, streams, ENGLISH);

it.each(commands.map((command) => ({ path: pathOf(command), command })))(
  '$path shows examples in its help, which are command lines of its own',
  ({ path, command }) => {
    const { examples } = shapeOf(command);
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

it('shows no example that could not be given', async () => {
  const lines = commands.flatMap((command) => shapeOf(command).examples);
  const called = inShell(lines);
  expect(called).toHaveLength(lines.length);
  for (const [index, words] of called.entries()) {
    if (words.includes('--help')) continue;
    let missing: unknown = lines[index];
    const runner: Runner = async () => {
      missing = null;
    };
    const program = buildProgram(PROGRAM, runner, streams, { language: ENGLISH });
    // throws where a command or an option is not known
    const command = await parsed(program, words);
    expect(missing).toBeNull();
    const { arguments: specs = [] } = shapeOf(command);
    expect(command.args.length).toBeGreaterThanOrEqual(specs.filter(({ optional }) => optional !== true).length);
    for (const [at, word] of command.args.entries()) (specs[at] ?? specs.at(-1))?.parse?.(word);
  }
});

/** The command that was called. */
async function parsed(program: Command, words: readonly string[]): Promise<Command> {
  let called = program;
  program.hook('preAction', (_program, command) => {
    called = command;
  });
  await program.parseAsync([...words], { from: 'user' });
  return called;
}
