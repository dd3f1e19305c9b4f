import { execFile } from 'node:child_process';

/** Result of a program. */
export interface RunResult {
  /** Exit code; null if the program could not be started, exceeded the limit or was killed by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  /** Standard error, followed by the reason if the program could not be started or took too long. */
  readonly stderr: string;
}

export interface RunOptions {
  /** Milliseconds after which the program is killed. */
  readonly limitMs: number;
  /** When this signal is aborted, the program is killed and the call throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Runs a program to its end. Does not throw if the program fails, so the caller checks the exit code. */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const { limitMs, signal } = options;
  signal?.throwIfAborted();
  const result = await new Promise<RunResult>((resolve) => {
    const limits = { timeout: limitMs, killSignal: 'SIGKILL', maxBuffer: Number.POSITIVE_INFINITY, signal } as const;
    const child = execFile(command, args, limits, (error, stdout, stderr) => {
      // `code` is a string if the program could not be started, and a number if it exited
      const code = error === null ? 0 : error.code;
      const problem = error?.killed === true ? 'took too long' : typeof code === 'string' ? error?.message : '';
      resolve({ code: typeof code === 'number' ? code : null, stdout, stderr: `${stderr}${problem}` });
    });
    // the program gets no input
    child.stdin?.end();
  });
  signal?.throwIfAborted();
  return result;
}

/** Returns the last lines that are not blank, for a message about a failed program. */
export function lastLines(text: string, count: number): string[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.slice(Math.max(0, lines.length - count));
}

/**
 * Returns the first line that contains the word `error` or `fatal`, because servers log their shutdown after an error.
 * Without such a line, returns the last line, or null if there are no lines.
 */
export function errorLine(lines: readonly string[]): string | null {
  return lines.find((line) => /\b(error|fatal)\b/i.test(line)) ?? lines.at(-1) ?? null;
}
