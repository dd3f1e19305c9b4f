import type { Config } from '../config.ts';
import { ShopError } from '../domain/errors.ts';
import type { DataSource, Session } from '../domain/store.ts';
import type { Channel } from '../jobs/submit.ts';
import { Interrupted } from './interrupted.ts';
import { type Streams, visible, write } from './io.ts';
import { type Format, type GlobalFlags, parseFormat } from './options.ts';
import { Prompter } from './prompter.ts';

export type StopSignal = 'SIGINT' | 'SIGTERM';

/**
 * What a command works with. Streams and prompter are there at once; configuration, database, Redis and queue are
 * opened when first asked for, and closed in reverse order at the end.
 */
export class Context {
  readonly streams: Streams;
  readonly format: Format;
  readonly prompter: Prompter;
  readonly #flags: GlobalFlags;
  readonly #stop = new AbortController();
  readonly #releasers: (() => unknown)[] = [];
  #config: Config | null = null;
  #onSignal: ((signal: StopSignal) => void) | null = null;
  #interrupted = (signal: StopSignal) => new Interrupted(signal);
  #session: Promise<Session> | null = null;
  #orm: Promise<DataSource> | null = null;
  #channel: Promise<Channel> | null = null;

  constructor(streams: Streams, flags: GlobalFlags) {
    this.streams = streams;
    this.#flags = flags;
    this.format = parseFormat(flags, streams.stdout.isTTY === true);
    this.prompter = new Prompter(streams, flags.input !== false && !this.jsonErrors, this.stopped);
  }

  /** Aborted, with an `Interrupted`, when the command is told to stop. */
  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  /** Whether standard error is for programs: one JSON object, and no talk. */
  get jsonErrors(): boolean {
    return this.format === 'json' || this.format === 'jsonl';
  }

  /** Whether nothing but errors is wanted on standard error. */
  get quiet(): boolean {
    return this.#flags.quiet === true;
  }

  /** Whether there is talk for people on standard error. */
  get talks(): boolean {
    return !this.quiet && !this.jsonErrors;
  }

  async config(): Promise<Config> {
    const { loadConfig } = await import('../config.ts');
    this.#config ??= loadConfig({ actor: this.#flags.actor });
    return this.#config;
  }

  /** The database's URL. @throws ShopError `CONFIG` where nothing names one. */
  async databaseUrl(): Promise<string> {
    const { databaseUrl } = await this.config();
    if (databaseUrl === null) throw notConfigured('No database', 'SHOP_DATABASE_URL');
    return databaseUrl;
  }

  /** Redis's URL. @throws ShopError `CONFIG` where nothing names one. */
  async redisUrl(): Promise<string> {
    const { redisUrl } = await this.config();
    if (redisUrl === null) throw notConfigured('No Redis', 'SHOP_REDIS_URL');
    return redisUrl;
  }

  /** A session on the migrated database. */
  async session(): Promise<Session> {
    this.#session ??= (async () => {
      const { openSession } = await import('../domain/store.ts');
      const session = await openSession(await this.databaseUrl());
      this.release(() => session.close());
      return session;
    })();
    return this.#session;
  }

  /** TypeORM on the migrated database. */
  async orm(): Promise<DataSource> {
    this.#orm ??= (async () => {
      const { openOrm } = await import('../domain/store.ts');
      const orm = await openOrm(await this.databaseUrl());
      this.release(() => orm.destroy());
      return orm;
    })();
    return this.#orm;
  }

  /** The way to the worker; MySQL and Redis answer both, or nothing is recorded. */
  async channel(): Promise<Channel> {
    this.#channel ??= (async () => {
      const [databaseUrl, redisUrl] = [await this.databaseUrl(), await this.redisUrl()];
      const [{ openRedis }, { Producer }] = await Promise.all([
        import('../domain/store.ts'),
        import('../jobs/producer.ts'),
      ]);
      const session = await this.session();
      const redis = await openRedis(redisUrl);
      this.release(() => redis.disconnect());
      const { prefix } = await this.config();
      const producer = new Producer(redis, prefix);
      this.release(() => producer.close());
      return { session, producer, lane: { databaseUrl, prefix } };
    })();
    return this.#channel;
  }

  /** Talk for people, on standard error; none under `--quiet`, nor where standard error is for programs. */
  async say(line: string): Promise<void> {
    if (!this.talks) return;
    await write(this.streams.stderr, `${visible(line)}\n`);
  }

  /** Consent to what can't be undone. @throws Interrupted, ShopError `INPUT_REQUIRED` */
  async confirm(question: string): Promise<boolean> {
    return this.#flags.yes === true || this.prompter.confirm(question);
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
  tellInterruption(words: (signal: StopSignal) => Interrupted): void {
    this.#interrupted = words;
  }

  /** Called by the program when a signal has come. */
  receive(signal: StopSignal): void {
    if (this.#onSignal !== null) this.#onSignal(signal);
    else this.#stop.abort(this.#interrupted(signal));
  }

  /** Releases all that was opened, in reverse order: every one is tried, the first error is kept. */
  async close(): Promise<void> {
    const errors: unknown[] = [];
    for (const release of this.#releasers.splice(0).reverse()) {
      try {
        await release();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}

function notConfigured(what: string, setting: string): ShopError {
  return new ShopError(
    'CONFIG',
    { setting },
    {
      message: `${what} is configured.`,
      hint: `Run \`shop dev up\` for a local one, or set ${setting}.`,
    },
  );
}
