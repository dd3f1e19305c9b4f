import type { ErrorDetails, ErrorText } from '../domain/errors.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';

/** Signals that tell a command to stop. */
export type StopSignal = 'SIGINT' | 'SIGTERM';

/** The command was told to stop. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly signal: StopSignal;
  readonly text: ErrorText;
  readonly details: ErrorDetails;

  constructor(
    signal: StopSignal,
    message = phrase('Interrupted.'),
    { hint = phrase('Give the command again to go on.'), details = {} }: { hint?: Phrase; details?: ErrorDetails } = {},
  ) {
    super(String(message));
    this.signal = signal;
    this.text = { message, hint };
    this.details = details;
  }
}
