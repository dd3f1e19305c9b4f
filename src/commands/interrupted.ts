import type { StopSignal } from './context.ts';

/** The command was told to stop. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly signal: StopSignal;

  constructor(signal: StopSignal, message = 'Interrupted.') {
    super(message);
    this.signal = signal;
  }
}
