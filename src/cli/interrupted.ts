import type { ErrorDetails, ErrorText } from '../domain/errors.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';

/** The signals that stop a command. */
export type StopSignal = 'SIGINT' | 'SIGTERM';

/** The error of a command that was stopped by a signal. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly signal: StopSignal;
  readonly text: ErrorText;
  readonly details: ErrorDetails;

  constructor(
    signal: StopSignal,
    message = phrase('Interrupted.'),
    { hint = phrase('Run the command again.'), details = {} }: { hint?: Phrase; details?: ErrorDetails } = {},
  ) {
    super(String(message));
    this.signal = signal;
    this.text = { message, hint };
    this.details = details;
  }
}
