import type { StopSignal } from '../interrupted.ts';

/** Runs command lines one after another, on connections that stay open. */
export interface Interpreter {
  /**
   * Runs one command line and answers the exit status.
   *
   * @param line its number in the input of a shell, to be told with an error.
   */
  run(argv: readonly string[], line?: number): Promise<number>;
  /** Tells of an error of a command line that has no words to run, and answers the exit status. */
  refuse(error: unknown, line?: number): Promise<number>;
  /** What the last of these words may be, of a command line that is being typed. */
  complete(words: readonly string[]): Promise<readonly string[]>;
  /** A signal has come for the command that is under way. */
  receive(signal: StopSignal): void;
  /** Resolves when nothing of a command that was interrupted is under way any more. */
  settled(): Promise<void>;
}
