/** What is made of what comes from the terminal. */
export interface KeyboardListener {
  typed(keys: Buffer): void;
  /** There is nobody any more who could type: the terminal has hung up, or was closed. */
  ended(): void;
}

/**
 * The keys of a terminal as they are typed, without Enter; Ctrl-C is a key then, too. The terminal is in raw mode from
 * the beginning until `release`. One that hangs up meanwhile is the end of what is typed, and no error.
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
    // it may have been paused behind what was read before
    stdin.resume();
  }

  /** Leaves the terminal as it was; what is typed from now on is another's. */
  release(): void {
    const stdin = this.#stdin;
    stdin.off('data', this.#onData);
    stdin.off('end', this.#onEnd);
    stdin.off('error', this.#onError);
    // a terminal that has hung up can't be set, which no longer matters to anyone
    stdin.on('error', ignoreHangUp);
    stdin.setRawMode(false);
    stdin.off('error', ignoreHangUp);
    // a terminal that is listened to keeps the process alive
    stdin.pause();
  }
}

function ignoreHangUp(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EIO') throw error;
}
