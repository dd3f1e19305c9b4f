import type { ErrorDetails } from '../domain/errors.ts';
import type { StopSignal } from './context.ts';

/** The command was told to stop. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly signal: StopSignal;
  /** What to do next, one sentence. */
  readonly hint: string;
  readonly details: ErrorDetails;

  constructor(
    signal: StopSignal,
    message = 'Interrupted.',
    { hint = 'Give the command again to go on.', details = {} }: { hint?: string; details?: ErrorDetails } = {},
  ) {
    super(message);
    this.signal = signal;
    this.hint = hint;
    this.details = details;
  }
}
