import type { StopSignal } from '../interrupted.ts';

/** Runs command lines one after another, on connections that stay open. */
export interface Interpreter {
  /**
   * Runs one command line and returns its exit status.
   *
   * @param line the number of the line in the shell's input, for error messages.
   */
  run(argv: readonly string[], line?: number): Promise<number>;
  /** Reports the error of a command line that could not be split into words, and returns the exit status. */
  refuse(error: unknown, line?: number): Promise<number>;
  /** Completes the last word of a command line. */
  complete(words: readonly string[]): Promise<readonly string[]>;
  /** Passes a signal to the current command. */
  receive(signal: StopSignal): void;
  /** Resolves when an interrupted command has ended and the connections are closed. */
  settled(): Promise<void>;
}
