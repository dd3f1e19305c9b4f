import { spawn } from 'node:child_process';

/** What a program that has ended left behind. */
export interface RunResult {
  /** Its exit code; null where it could not be started, was stopped by the limit or ended by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  /** Its standard error; where it could not be started, why. */
  readonly stderr: string;
}

export interface RunOptions {
  /** It is killed after so many milliseconds. */
  readonly limitMs: number;
  /** It is killed when this is aborted, and the call throws the reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Runs a program to its end and never throws for what it did: the caller looks at the code. */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  options.signal?.throwIfAborted();
  const limit = AbortSignal.timeout(options.limitMs);
  const signal = options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]);
  const result = await new Promise<RunResult>((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    // 'close' follows in every case, also after 'error'
    child.on('error', (error) => stderr.push(Buffer.from(limit.aborted ? 'took too long' : error.message)));
    child.on('close', (code) =>
      // a program that was not found is told by a negative number
      resolve({
        code: code === null || code < 0 ? null : code,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      }),
    );
  });
  options.signal?.throwIfAborted();
  return result;
}

/** The last lines that are not empty, for a message about a program that failed. */
export function lastLines(text: string, count: number): string[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.slice(Math.max(0, lines.length - count));
}

/** The one of a failed program's last lines that says most: servers end with lines about their end, after the error. */
export function errorLine(lines: readonly string[]): string | null {
  return lines.find((line) => /\b(error|fatal)\b/i.test(line)) ?? lines.at(-1) ?? null;
}
