import type { Config } from '../config/config.ts';
import type { ReportedSetting } from '../config/setting-report.ts';
import { ShopError } from '../domain/errors.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';
import type { DataSource, Session } from '../domain/servers/connections.ts';
import type { Channel } from '../jobs/queue/submit.ts';
import type { Call } from './call.ts';
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

/** Minimum time limit for a server's response. */
const LEAST_WAIT_MS = 2_000;

/** The environment that a command runs in. */
export interface Runtime {
  readonly streams: Streams;
  readonly connections: Connections;
  readonly language: Language;
  /** True for a command run inside `shop shell`, where standard input holds command lines. */
  readonly inShell: boolean;
  /** Opens the interpreter of a shell. The shell's commands share the connections and inherit the global options. */
  readonly openShell: () => Interpreter;
}

/**
 * The streams, settings and connections of one command. Configuration, database, Redis and queue are opened on first
 * use. The resources that the command registers with `release` are closed in reverse order when the command ends.
 */
export class Context {
  readonly streams: Streams;
  readonly language: Language;
  readonly format: Format;
  readonly prompter: Prompter;
  readonly #runtime: Runtime;
  readonly #flags: GlobalFlags;
  readonly #callOf: () => Call;
  readonly #stop = new AbortController();
  readonly #releasers: (() => unknown)[] = [];
  #config: Config | null = null;
  #limitMs = Number.POSITIVE_INFINITY;
  #onSignal: ((signal: StopSignal) => void) | null = null;
  #warn: (warning: Phrase) => Promise<void> | void = (warning) => this.say(warning);
  #interrupted = (signal: StopSignal) => new Interrupted(signal);
  #session: Promise<Session> | null = null;
  #orm: Promise<DataSource> | null = null;
  #channel: Promise<Channel> | null = null;

  /** @param callOf returns the command line. After parsing, it includes the arguments entered at prompts. */
  constructor(runtime: Runtime, flags: GlobalFlags, callOf: () => Call) {
    const { streams, language } = runtime;
    this.#runtime = runtime;
    this.streams = streams;
    this.language = language;
    this.#flags = flags;
    this.#callOf = callOf;
    this.format = parseFormat(flags, streams.stdout.isTTY === true);
    this.prompter = new Prompter(streams, language, flags.input !== false && !this.jsonErrors, this.stopped);
  }

  /** The signal that is aborted with an `Interrupted` when the command is stopped. */
  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  /** The command line, for messages that repeat it. */
  get call(): Call {
    return this.#callOf();
  }

  /** True if each error is printed as a JSON object. No messages for people are printed then. */
  get jsonErrors(): boolean {
    return this.format === 'json' || this.format === 'jsonl';
  }

  /** True with `--quiet`, which limits standard error to errors. */
  get quiet(): boolean {
    return this.#flags.quiet === true;
  }

  /** True with `--yes`, which skips confirmation prompts. */
  get yes(): boolean {
    return this.#flags.yes === true;
  }

  /** True if messages for people are printed on standard error. */
  get printsMessages(): boolean {
    return !this.quiet && !this.jsonErrors;
  }

  /** Standard input for a command that reads data; null in a shell, because its standard input holds command lines. */
  get standardInput(): NodeJS.ReadStream | null {
    return this.#runtime.inShell ? null : this.streams.stdin;
  }

  /** Opens the interpreter of a shell that runs within this command. */
  openShell(): Interpreter {
    return this.#runtime.openShell();
  }

  /** Reads the configuration, and warns of unknown variables. @throws ShopError as `loadConfig` does */
  async config(): Promise<Config> {
    if (this.#config === null) {
      this.#config = await this.#runtime.connections.config({ actor: this.#flags.actor });
      await this.#warnOfUnknownVariables(this.#config);
    }
    return this.#config;
  }

  /**
   * Reports all settings, even malformed ones, and warns of unknown variables. @throws ShopError as `reportSettings`
   * does
   */
  async settings(): Promise<readonly ReportedSetting[]> {
    const report = await this.#runtime.connections.settings({ actor: this.#flags.actor });
    await this.#warnOfUnknownVariables(report);
    return report.settings;
  }

  /** Reads the configuration again, for a command that has changed the sources of settings. */
  async reloadConfig(): Promise<Config> {
    await this.#runtime.connections.forgetConfig();
    this.#config = null;
    return this.config();
  }

  async #warnOfUnknownVariables(found: Pick<Config, 'unknownVariables'>): Promise<void> {
    const unknown = this.#runtime.connections.takeUnknownVariables(found);
    if (unknown.length === 0) return;
    const { warnOfUnknownVariable } = await import('./unknown-variable.ts');
    for (const name of unknown) await this.#warn(warnOfUnknownVariable(name));
  }

  /** Returns the actor and the host that are recorded with the command's changes. */
  async origin(): Promise<Pick<Config, 'actor' | 'host'>> {
    const { actor, host } = await this.config();
    return { actor, host };
  }

  /** Returns the URL of the database. @throws ShopError `CONFIG` if none is configured */
  async databaseUrl(): Promise<string> {
    const { databaseUrl, urlsGiven } = await this.config();
    if (databaseUrl === null) throw notConfigured(phrase('No database is configured.'), 'SHOP_DATABASE_URL', urlsGiven);
    return databaseUrl;
  }

  /** Returns the URL of Redis. @throws ShopError `CONFIG` if none is configured */
  async redisUrl(): Promise<string> {
    const { redisUrl, urlsGiven } = await this.config();
    if (redisUrl === null) throw notConfigured(phrase('No Redis server is configured.'), 'SHOP_REDIS_URL', urlsGiven);
    return redisUrl;
  }

  /**
   * Limits how long the command waits for each response of a server. A server that exceeds the limit counts as
   * unavailable. The limit is at least two seconds, which is enough for a healthy server.
   */
  async limitWaits(ms: number): Promise<void> {
    this.#limitMs = Math.max(ms, LEAST_WAIT_MS);
    // a prompt for an argument may have opened the session without a limit
    (await this.#session)?.limitStatements(this.#limitMs);
  }

  /** Opens a session on the primary. @throws ShopError `UNAVAILABLE`, or `CONFIG` if the schema is not the expected one */
  async session(): Promise<Session> {
    this.#session ??= this.#unlessStopped(async ({ connections }) => {
      const url = await this.databaseUrl();
      return this.#awaitServer('MySQL', url, connections.session(url, this.#limitMs));
    });
    return this.#session;
  }

  /** Opens TypeORM on the primary. @throws ShopError `UNAVAILABLE`, or `CONFIG` if the schema is not the expected one */
  async orm(): Promise<DataSource> {
    this.#orm ??= this.#unlessStopped(async ({ connections }) => {
      const url = await this.databaseUrl();
      return this.#awaitServer('MySQL', url, connections.orm(url, this.#limitMs));
    });
    return this.#orm;
  }

  /** The primary as a server to read from. */
  get primary(): ReadServer {
    return { session: () => this.session(), replica: null };
  }

  /**
   * Reads from the replica if one is configured and can be used, and otherwise from the primary; see `readFromReplica`.
   * Lists, histories, reports and the audit use this method. (The ranking is also computed on the replica; see
   * `ShopRanking`.)
   *
   * Reads that a decision depends on must use `session()` or `orm()`, which connect to the primary. Such reads are
   * outcomes, keys, balances, single objects by their id, and the data in a confirmation prompt.
   *
   * @param work runs again on the primary if the replica is lost.
   */
  async read<T>(work: (server: ReadServer) => Promise<T>): Promise<T> {
    const { replica } = await this.config();
    if (replica === null) return work(this.primary);
    const { readFromReplica } = await import('./replica-reads.ts');
    return readFromReplica(work, {
      primary: this.primary,
      replica: {
        session: () => this.#unlessStopped(({ connections }) => connections.replicaSession(replica)),
        replica,
      },
      stopped: this.stopped,
      say: (line) => this.say(line),
      verbose: this.#flags.verbose === true,
    });
  }

  /** Opens the connections that are needed to record and queue requests. Both MySQL and Redis must respond, or nothing is recorded. */
  async channel(): Promise<Channel> {
    this.#channel ??= this.#unlessStopped(async ({ connections }) => {
      const [databaseUrl, redisUrl] = [await this.databaseUrl(), await this.redisUrl()];
      const { prefix } = await this.config();
      const queue = this.#awaitServer('Redis', redisUrl, connections.queue(redisUrl, prefix, this.#limitMs));
      // if MySQL fails first, nothing awaits this promise, and its unhandled rejection would end the process
      queue.catch(() => {});
      const session = await this.session();
      return { session, ...(await queue), lane: { databaseUrl, prefix } };
    });
    return this.#channel;
  }

  /** Starts opening the channel in the background. If that fails, `channel()` throws the error. */
  prepareChannel(): void {
    this.channel().catch(() => {});
  }

  /**
   * Opens a connection, unless the command was stopped. The code of a stopped command may still run, but it must not
   * change anything.
   */
  async #unlessStopped<T>(open: (runtime: Runtime) => Promise<T>): Promise<T> {
    this.stopped.throwIfAborted();
    const opened = await open(this.#runtime);
    this.stopped.throwIfAborted();
    return opened;
  }

  async #awaitServer<T>(server: 'MySQL' | 'Redis', url: string, work: Promise<T>): Promise<T> {
    const { awaitWork } = await import('../domain/servers/connections.ts');
    return awaitWork(server, url, this.#limitMs, work);
  }

  /** Prints a message for people on standard error, except with `--quiet` or if errors are printed as JSON. */
  async say(line: Phrase): Promise<void> {
    if (!this.printsMessages) return;
    await writeMessage(this.streams.stderr, `${visible(this.language.translate(line))}\n`);
  }

  /** Prompts for confirmation, except with `--yes`. @throws Interrupted, ShopError `INPUT_REQUIRED` */
  async confirm(question: Phrase): Promise<boolean> {
    return this.yes || this.prompter.confirm(question);
  }

  /** Registers a function to call when the command ends. */
  release(release: () => unknown): void {
    this.#releasers.push(release);
  }

  /** Replaces the default handler of warnings about unknown variables, which prints them. */
  onWarning(handler: (warning: Phrase) => void): void {
    this.#warn = handler;
  }

  /** Replaces the default handler of signals, which stops the command immediately. */
  onSignal(handler: (signal: StopSignal) => void): void {
    this.#onSignal = handler;
  }

  /** Sets the error that the command throws when a signal stops it. */
  describeInterruption(describe: (signal: StopSignal) => Interrupted): void {
    this.#interrupted = describe;
  }

  /** Handles a signal that the process has received. */
  receive(signal: StopSignal): void {
    if (this.#onSignal !== null) this.#onSignal(signal);
    else this.#stop.abort(this.#interrupted(signal));
  }

  /** Calls all registered functions in reverse order, and then throws the first error, if any. */
  async close(): Promise<void> {
    await closeAll(this.#releasers.splice(0).reverse());
  }
}

function notConfigured(message: Phrase, setting: string, urlsGiven: Config['urlsGiven']): ShopError {
  const hint =
    urlsGiven === 'none'
      ? phrase`Run \`shop dev up\` to start local servers, or set SHOP_DATABASE_URL and SHOP_REDIS_URL.`
      : phrase`Set ${setting}, too. Commands use local servers only if neither of the two URLs is set.`;
  return new ShopError('CONFIG', { setting }, { message, hint });
}
