import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EXIT_INTERRUPTED } from '../../src/cli/exit-codes.ts';
import { eventually } from '../support/eventually.ts';
import { TestShop } from '../support/shop.ts';
import { KEYS, type TestTerminal } from '../support/terminal.ts';

let shop: TestShop;
let directory: string;

/** How often the window is closed in each state; `SHOP_HANG_UPS=50` finds rare failures. */
const TIMES = Number(process.env.SHOP_HANG_UPS ?? 2);
const SHOP = `"${process.execPath}" bin/shop.js`;

beforeAll(async () => {
  shop = await TestShop.create();
  directory = await mkdtemp(join(tmpdir(), 'shop-hang-up-'));
});

afterAll(async () => {
  await shop.close();
  await rm(directory, { recursive: true, force: true });
});

/** States in which a program waits. */
const WAITS: readonly {
  readonly at: string;
  readonly args: readonly string[];
  readonly waits: string | RegExp;
}[] = [
  { at: 'a question', args: ['charge', '1'], waits: 'amount' },
  { at: 'the live screen', args: ['queue', 'status', '--watch'], waits: 'q or Ctrl-C to quit' },
  { at: 'the prompt of the shell', args: ['shell'], waits: /shop>$/ },
];

it.each(WAITS)('ends when the terminal window is closed at $at', async ({ args, waits }) => {
  for (let time = 0; time < TIMES; time++) {
    const terminal = shop.startOnTerminal(args, { env: { XDG_STATE_HOME: directory } });
    await terminal.shows(waits);
    terminal.hangUp();
    const { status, signal } = await terminal.ended;
    // the program ends by itself or by SIGHUP, but not by an abort or by SIGKILL
    expect(signal === constants.signals.SIGHUP ? EXIT_INTERRUPTED.SIGINT : status).toBe(EXIT_INTERRUPTED.SIGINT);
    expect([null, constants.signals.SIGHUP]).toContain(signal);
  }
});

it.each(WAITS)('ends by itself at $at, even if SIGHUP is ignored', async ({ args, waits }) => {
  const file = join(directory, `status-of-${args[0]}`);
  const terminal = shop.onTerminal('sh', ['-c', `trap '' HUP; ${SHOP} ${args.join(' ')}; echo $? > ${file}`], {
    env: { XDG_STATE_HOME: directory },
  });
  await terminal.shows(waits);
  terminal.hangUp();
  await terminal.ended;
  expect(await readFile(file, 'utf8')).toBe(`${EXIT_INTERRUPTED.SIGINT}\n`);
});

it.runIf(process.platform === 'linux')('ends on a signal while it waits for typed rows', async () => {
  const terminal = shop.startOnTerminal(['batch', 'run', '/dev/tty', '--format', 'csv']);
  const descriptors = `/proc/${terminal.pid}/fd`;
  await eventually('the program reads the terminal', async () => {
    const open = await readdir(descriptors);
    const names = await Promise.all(open.map((name) => readlink(join(descriptors, name)).catch(() => '')));
    return names.includes('/dev/tty');
  });
  process.kill(terminal.pid, 'SIGTERM');
  expect(await terminal.ended).toEqual({ status: EXIT_INTERRUPTED.SIGTERM, signal: null });
});

it('restores the terminal on Ctrl-Z, and draws its live screen again when it resumes', async () => {
  const terminal = shop.onTerminal('bash', ['--norc', '--noprofile', '-i'], { env: { PS1: 'bash> ' } });
  const enter = (line: string) => terminal.type(`${line}${KEYS.enter}`);
  await terminal.shows('bash>');
  enter(`${SHOP} queue status --watch`);
  await terminal.shows('q or Ctrl-C to quit');
  terminal.type(KEYS.ctrlZ);
  await terminal.shows(/Stopped[\s\S]*bash>$/);
  expect(terminal.hasCursor).toBe(true);
  expect(terminal.buffer.type).toBe('normal');
  enter('stty -a');
  expect(await terminal.shows(/echonl[\s\S]*bash>$/)).toMatch(/ icanon [\s\S]* echo /);
  enter('fg');
  await onScreen(terminal, 'alternate');
  terminal.type('q');
  await terminal.shows(/batches under way[\s\S]*bash>$/);
  enter('echo "ended $?"');
  await terminal.shows('ended 0');
  expect(terminal.hasCursor).toBe(true);
});

it('keeps its live screen on Ctrl-Z if there is no shell to resume it', async () => {
  const terminal = shop.startOnTerminal(['queue', 'status', '--watch']);
  await terminal.shows('q or Ctrl-C to quit');
  terminal.type(KEYS.ctrlZ);
  await terminal.shows(() => terminal.written.split('\u001b[?1049h').length > 2);
  await onScreen(terminal, 'alternate');
  terminal.type('q');
  expect(await terminal.ended).toEqual({ status: 0, signal: null });
});

async function onScreen(terminal: TestTerminal, type: 'normal' | 'alternate'): Promise<void> {
  await terminal.shows((screen) => terminal.buffer.type === type && screen.includes('q or Ctrl-C to quit'));
}
