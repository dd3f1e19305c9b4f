import { createRequire } from 'node:module';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { main as Main } from '../../src/main.ts';
import type { Result } from './shop.ts';

export interface InProcessOptions {
  /** The variables that configure the shop or describe the terminal, in place of those of this process. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: string | undefined;
  /** Terminal width of standard output; omitted for a pipe. */
  readonly columns?: number | undefined;
}

/** Names of the environment variables that configure the shop or describe the terminal. */
const VARIABLES = /^(SHOP_|LC_|(LANG|TZ|TERM|NO_COLOR|FORCE_COLOR)$)/;

let busy = false;

/**
 * Returns true while a command runs. Only one command may run at a time, because it changes variables of the whole
 * process.
 */
export function inProcessIsBusy(): boolean {
  return busy;
}

/**
 * Runs the built program in this process, because starting a process takes a third of a second. Runs one command at a
 * time.
 */
export async function runInProcess(
  args: readonly string[],
  { env, stdin = '', columns }: InProcessOptions,
): Promise<Result> {
  if (busy) throw new Error('another command runs in this process');
  const { main } = createRequire(import.meta.url)('../../dist/main.cjs') as { main: typeof Main };
  const [input, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  if (columns !== undefined) Object.assign(stdout, { isTTY: true, columns });
  input.end(stdin);
  const printed = Promise.all([text(stdout), text(stderr)]);
  const before = { ...process.env };
  busy = true;
  for (const name of Object.keys(before)) if (VARIABLES.test(name)) delete process.env[name];
  Object.assign(process.env, env);
  try {
    // without a terminal, a command uses only these members of the streams
    const streams = { stdin: input, stdout, stderr } as unknown as Parameters<typeof Main>[1];
    const status = await main(args, streams);
    stdout.end();
    stderr.end();
    const [data, talk] = await printed;
    return { status, stdout: data, stderr: talk };
  } finally {
    // removes variables that the program has set, such as TZ
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    busy = false;
  }
}
