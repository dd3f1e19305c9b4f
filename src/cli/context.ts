import type { Config } from '../config/config.ts';
import { ShopError } from '../domain/errors.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';
import type { DataSource, Session } from '../domain/servers/store.ts';
import type { Channel } from '../jobs/queue/submit.ts';
import { closeAll } from './close-all.ts';
import type { Connections } from './connections.ts';
import { type Format, type GlobalFlags, parseFormat } from './global-options.ts';
import type { Language } from './i18n/language.ts';
import { Interrupted, type StopSignal } from './interrupted.ts';
import { type Streams, writeMessage } from './io.ts';
import { visible } from './output/visible.ts';
import { Prompter } from './prompts/prompter.ts';
import type { ReadServer } from './replica-reads.ts';
import type { Interpreter } from './shell/interpreter.ts';

/** What a command is run in. */
export interface Runtime {
  readonly streams: Streams;
  readonly connections: Connections;
  readonly language: Language;
  /** True for a command of `shop shell`: what comes on standard input are command lines. */
  readonly inShell: boolean;
  /** Opens the interpreter of a shell, whose commands have the same runtime, and these flags unless they give others. */
  readonly openShell: () => Interpreter;
}

/**
 * What a command works with. Streams and prompter are there at once; configuration, database, Redis and queue are
 * opened when first asked for. What the command opens for itself is closed in reverse order at its end.
 */
export class Context {
  readonly streams: Streams;
  readonly language: Language;
  readonly format: Format;
  readonly prompter: Prompter;
  readonly #runtime: Runtime;
  readonly #flags: GlobalFlags;
  readonly #stop = new AbortController();
  readonly #releasers: (() => unknown)[] = [];
  #config: Config | null = null;
  #onSignal: ((signal: StopSignal) => void) | null = null;
  #interrupted = (signal: StopSignal) => new Interrupted(signal);
  #session: Promise<Session> | null = null;
  #orm: Promise<DataSource> | null = null;
  #channel: Promise<Channel> | null = null;

  constructor(runtime: Runtime, flags: GlobalFlags) {
    const { streams, language } = runtime;
    this.#runtime = runtime;
    this.streams = streams;
    this.language = language;
    this.#flags = flags;
    this.format = parseFormat(flags, streams.stdout.isTTY === true);
    this.prompter = new Prompter(streams, language, flags.input !== false && !this.jsonErrors, this.stopped);
  }

  /** Aborted, with an `Interrupted`, when the command is told to stop. */
  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  /** Whether standard error is for programs: one JSON object, and no messages. */
  get jsonErrors(): boolean {
    return this.format === 'json' || this.format === 'jsonl';
  }

  /** Whether nothing but errors is wanted on standard error. */
  get quiet(): boolean {
    return this.#flags.quiet === true;
  }

  /** Whether `--yes` was given. */
  get agreed(): boolean {
    return this.#flags.yes === true;
  }

  /** Whether messages for people are printed on standard error. */
  get printsMessages(): boolean {
    return !this.quiet && !this.jsonErrors;
  }

  /** Standard input, for a command that reads it; null where it is not the command's to read. */
  get standardInput(): NodeJS.ReadStream | null {
    return this.#runtime.inShell ? null : this.streams.stdin;
  }

  /** The interpreter of a shell within this command. */
  openShell(): Interpreter {
    return this.#runtime.openShell();
  }

  async config(): Promise<Config> {
    this.#config ??= await this.#runtime.connections.config({ actor: this.#flags.actor });
    return this.#config;
  }

  /** The configuration as it is by now, where the command has changed what it is read from. */
  async reloadConfig(): Promise<Config> {
    await this.#runtime.connections.forgetConfig();
    this.#config = null;
    return this.config();
  }

  /** The database's URL. @throws ShopError `CONFIG` where nothing names one. */
  async databaseUrl(): Promise<string> {
    const { databaseUrl } = await this.config();
    if (databaseUrl === null) throw notConfigured(phrase('No database is configured.'), 'SHOP_DATABASE_URL');
    return databaseUrl;
  }

  /** Redis's URL. @throws ShopError `CONFIG` where nothing names one. */
  async redisUrl(): Promise<string> {
    const { redisUrl } = await this.config();
    if (redisUrl === null) throw notConfigured(phrase('No Redis is configured.'), 'SHOP_REDIS_URL');
    return redisUrl;
  }

  /** A session on the migrated database. */
  async session(): Promise<Session> {
    this.#session ??= this.#unlessStopped(async ({ connections }) => connections.session(await this.databaseUrl()));
    return this.#session;
  }

  /** TypeORM on the migrated database. */
  async orm(): Promise<DataSource> {
    this.#orm ??= this.#unlessStopped(async ({ connections }) => connections.orm(await this.databaseUrl()));
    return this.#orm;
  }

  /**
   * What may be read from a replica: lists, histories and the audit, which tell people what there is. What an outcome or
   * a decision depends on never is: whoever waits for an outcome, looks a key up, asks for a balance or for one thing by
   * its id, or is asked for consent, has `session()` or `orm()`, which are the primary's. (The ranking does as the lists
   * do, see `ShopRanking`.)
   *
   * Where no replica can be used, the primary is: see `readFromReplica`.
   *
   * @param work runs again on the primary where the replica is lost.
   */
  async read<T>(work: (server: ReadServer) => Promise<T>): Promise<T> {
    const { replica } = await this.config();
    const primary: ReadServer = { session: () => this.session(), orm: () => this.orm(), replica: null };
    if (replica === null) return work(primary);
    const { readFromReplica } = await import('./replica-reads.ts');
    return readFromReplica(work, {
      primary,
      replica: {
        session: () => this.#unlessStopped(({ connections }) => connections.replicaSession(replica)),
        orm: () => this.#unlessStopped(({ connections }) => connections.replicaOrm(replica)),
        replica,
      },
      stopped: this.stopped,
      say: (line) => this.say(line),
      verbose: this.#flags.verbose === true,
    });
  }

  /** The way to the worker; MySQL and Redis answer both, or nothing is recorded. */
  async channel(): Promise<Channel> {
    this.#channel ??= this.#unlessStopped(async ({ connections }) => {
      const [databaseUrl, redisUrl] = [await this.databaseUrl(), await this.redisUrl()];
      const { prefix } = await this.config();
      const queue = connections.queue(redisUrl, prefix);
      // awaited below, unless MySQL fails
      queue.catch(() => {});
      const session = await this.session();
      return { session, ...(await queue), lane: { databaseUrl, prefix } };
    });
    return this.#channel;
  }

  /** Starts to open the way to the worker while the command does something else first; `channel()` throws what is wrong. */
  prepareChannel(): void {
    this.channel().catch(() => {});
  }

  /** What is left of a command that was told to stop gets no connection any more: nothing is to be done behind our back. */
  async #unlessStopped<T>(open: (runtime: Runtime) => Promise<T>): Promise<T> {
    this.stopped.throwIfAborted();
    const opened = await open(this.#runtime);
    this.stopped.throwIfAborted();
    return opened;
  }

  /** Prints a message for people on standard error; none under `--quiet`, nor where standard error is for programs. */
  async say(line: Phrase): Promise<void> {
    if (!this.printsMessages) return;
    await writeMessage(this.streams.stderr, `${visible(this.language.translate(line))}\n`);
  }

  /** Consent to what can't be undone. @throws Interrupted, ShopError `INPUT_REQUIRED` */
  async confirm(question: Phrase): Promise<boolean> {
    return this.agreed || this.prompter.confirm(question);
  }

  /** Has `release` called when the command ends. */
  release(release: () => unknown): void {
    this.#releasers.push(release);
  }

  /** Takes signals over from the default, which is to stop at once. */
  onSignal(handler: (signal: StopSignal) => void): void {
    this.#onSignal = handler;
  }

  /** Has an interruption told in these words from now on: wherever the signal finds the command, they are what is told. */
  describeInterruption(words: (signal: StopSignal) => Interrupted): void {
    this.#interrupted = words;
  }

  /** Called by the program when a signal has come. */
  receive(signal: StopSignal): void {
    if (this.#onSignal !== null) this.#onSignal(signal);
    else this.#stop.abort(this.#interrupted(signal));
  }

  /** Releases all that was opened, in reverse order: every one is tried, the first error is kept. */
  async close(): Promise<void> {
    await closeAll(this.#releasers.splice(0).reverse());
  }
}

function notConfigured(message: Phrase, setting: string): ShopError {
  return new ShopError(
    'CONFIG',
    { setting },
    {
      message,
      hint: phrase`Run \`shop dev up\` for a local one, or set ${setting}.`,
    },
  );
}
