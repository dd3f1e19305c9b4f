/** Receives the input of a terminal. */
export interface KeyboardListener {
  typed(keys: Buffer): void;
  /** Called when no more input can come, because the terminal has hung up or was closed. */
  ended(): void;
}

/**
 * Reads keys from a terminal as they are typed, without waiting for Enter. Ctrl-C is also read as a key. The terminal is in
 * raw mode until `release`. If the terminal hangs up, the input ends without an error.
 */
export class Keyboard {
  readonly #stdin: NodeJS.ReadStream;
  readonly #onData: (keys: Buffer) => void;
  readonly #onEnd: () => void;
  readonly #onError: (error: NodeJS.ErrnoException) => void;

  constructor(stdin: NodeJS.ReadStream, listener: KeyboardListener) {
    this.#stdin = stdin;
    this.#onData = (keys) => listener.typed(keys);
    this.#onEnd = () => listener.ended();
    this.#onError = (error) => {
      ignoreHangUp(error);
      listener.ended();
    };
    stdin.on('error', this.#onError);
    stdin.on('end', this.#onEnd);
    stdin.on('data', this.#onData);
    stdin.setRawMode(true);
    // an earlier reader may have paused standard input
    stdin.resume();
  }

  /** Restores the terminal and stops reading from it. */
  release(): void {
    const stdin = this.#stdin;
    stdin.off('data', this.#onData);
    stdin.off('end', this.#onEnd);
    stdin.off('error', this.#onError);
    // changing the mode of a terminal that has hung up fails, which does not matter
    stdin.on('error', ignoreHangUp);
    stdin.setRawMode(false);
    stdin.off('error', ignoreHangUp);
    // a terminal that is being read keeps the process alive
    stdin.pause();
  }
}

function ignoreHangUp(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EIO') throw error;
}
