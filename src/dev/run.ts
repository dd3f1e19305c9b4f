import { execFile } from 'node:child_process';

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
  const { limitMs, signal } = options;
  signal?.throwIfAborted();
  const result = await new Promise<RunResult>((resolve) => {
    const limits = { timeout: limitMs, killSignal: 'SIGKILL', maxBuffer: Number.POSITIVE_INFINITY, signal } as const;
    const child = execFile(command, args, limits, (error, stdout, stderr) => {
      // a text for one that could not be started, a number for one that has ended by itself
      const code = error === null ? 0 : error.code;
      const problem = error?.killed === true ? 'took too long' : typeof code === 'string' ? error?.message : '';
      resolve({ code: typeof code === 'number' ? code : null, stdout, stderr: `${stderr}${problem}` });
    });
    // nobody writes to it
    child.stdin?.end();
  });
  signal?.throwIfAborted();
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
