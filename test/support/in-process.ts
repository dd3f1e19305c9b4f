import { createRequire } from 'node:module';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { main as Main } from '../../src/main.ts';
import type { Result } from './shop.ts';

export interface InProcessOptions {
  /** Instead of this process's variables that set up a shop, or tell what a terminal is. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: string | undefined;
  /** Width of the terminal that standard output is to be; a pipe without. */
  readonly columns?: number | undefined;
}

/** What a command looks at. */
const LOOKED_AT = /^(SHOP_|LC_|(LANG|TZ|TERM|NO_COLOR|FORCE_COLOR)$)/;

let busy = false;

/** Whether a command runs in this process just now: it has the variables of all of it. */
export function inProcessIsBusy(): boolean {
  return busy;
}

/** Runs the built program in this process, one command at a time: a process of its own takes a third of a second. */
export async function runInProcess(
  args: readonly string[],
  { env, stdin = '', columns }: InProcessOptions,
): Promise<Result> {
  if (busy) throw new Error('a command runs in this process already');
  const { main } = createRequire(import.meta.url)('../../dist/main.cjs') as { main: typeof Main };
  const [input, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  if (columns !== undefined) Object.assign(stdout, { isTTY: true, columns });
  input.end(stdin);
  const printed = Promise.all([text(stdout), text(stderr)]);
  const before = { ...process.env };
  busy = true;
  for (const name of Object.keys(before)) if (LOOKED_AT.test(name)) delete process.env[name];
  Object.assign(process.env, env);
  try {
    // all that a command asks of streams where nobody is to be asked anything
    const streams = { stdin: input, stdout, stderr } as unknown as Parameters<typeof Main>[1];
    const status = await main(args, streams);
    stdout.end();
    stderr.end();
    const [data, talk] = await printed;
    return { status, stdout: data, stderr: talk };
  } finally {
    for (const name of Object.keys(env)) delete process.env[name];
    Object.assign(process.env, before);
    busy = false;
  }
}
