import type { Config, ConfigFlags } from '../config/config.ts';
import type { SettingReport } from '../config/setting-report.ts';
import type { DataSource, RedisClient, Session } from '../domain/servers/connections.ts';
import type { Replica } from '../domain/servers/replica.ts';
import type { DecidedMessages } from '../jobs/queue/decided-messages.ts';
import type { Producer } from '../jobs/queue/producer.ts';
import { closeAll } from './close-all.ts';

/** The queue of one shop in Redis, and the messages about its requests. */
interface Queue {
  readonly redis: RedisClient;
  readonly producer: Producer;
  readonly decided: DecidedMessages;
}

/**
 * For this many milliseconds after a check, a connection is used again without a check, unless it is known to be broken. The
 * configuration is not read again within this time either.
 */
const CHECK_AFTER_MS = 1_000;

/**
 * Holds the configuration and the connections that consecutive commands share. Connections are opened on first use. Before a
 * command uses a connection again, the connection is checked, at most once a second. A new one is opened if the check fails,
 * or if the configuration names another server.
 */
export class Connections {
  readonly #config = new Kept<Config>();
  readonly #session = new Kept<Session>();
  readonly #orm = new Kept<DataSource>();
  readonly #replicaSession = new Kept<Session>();
  readonly #queue = new Kept<Queue>();
  readonly #reportedVariables = new Set<string>();

  /** Reads the configuration. @throws ShopError as `loadConfig` does */
  async config(flags: ConfigFlags): Promise<Config> {
    const { loadConfig } = await import('../config/config.ts');
    return this.#config.take(flags.actor ?? '', {
      open: async () => loadConfig(flags),
      intact: () => true,
      usable: async () => false,
      close: async () => {},
    });
  }

  /** Forgets the configuration, so that it is read again on next use. */
  async forgetConfig(): Promise<void> {
    await this.#config.drop();
  }

  /** Reports all settings, even malformed ones. @throws ShopError as `reportSettings` does */
  async settings(flags: ConfigFlags): Promise<SettingReport> {
    const { reportSettings } = await import('../config/setting-report.ts');
    return reportSettings(flags);
  }

  /**
   * Returns the unknown variables that no earlier call has returned, so that a shell warns of each variable only once.
   */
  takeUnknownVariables({ unknownVariables }: Pick<Config, 'unknownVariables'>): readonly string[] {
    const unreported = unknownVariables.filter((name) => !this.#reportedVariables.has(name));
    for (const name of unreported) this.#reportedVariables.add(name);
    return unreported;
  }

  /**
   * Opens a session on the primary.
   *
   * @param limitMs maximum time for each statement of the command.
   * @throws ShopError `UNAVAILABLE` or `CONFIG`
   */
  async session(databaseUrl: string, limitMs = Number.POSITIVE_INFINITY): Promise<Session> {
    const { isSessionUsable, openSession } = await import('../domain/servers/connections.ts');
    const session = await this.#session.take(databaseUrl, {
      open: () => openSession(databaseUrl),
      intact: ({ broken }) => !broken,
      usable: isSessionUsable,
      close: (session) => session.close(),
    });
    session.limitStatements(limitMs);
    return session;
  }

  /**
   * Opens TypeORM on the primary.
   *
   * @param limitMs maximum time for each statement of the command.
   * @throws ShopError `UNAVAILABLE` or `CONFIG`
   */
  async orm(databaseUrl: string, limitMs = Number.POSITIVE_INFINITY): Promise<DataSource> {
    const { closeOrm, isOrmUsable, limitOrm, openOrm } = await import('../domain/servers/connections.ts');
    const orm = await this.#orm.take(databaseUrl, {
      open: () => openOrm(databaseUrl),
      intact: mustBeChecked,
      usable: isOrmUsable,
      close: closeOrm,
    });
    limitOrm(orm, limitMs);
    return orm;
  }

  /** Opens a read-only session on the replica. @throws ShopError `UNAVAILABLE` or `CONFIG` */
  async replicaSession(replica: Replica): Promise<Session> {
    const [{ isSessionUsable }, { openReplica }] = await Promise.all([
      import('../domain/servers/connections.ts'),
      import('../domain/servers/replica.ts'),
    ]);
    return this.#replicaSession.take(`${replica.lagMs} ${replica.url}`, {
      open: () => openReplica(replica),
      intact: ({ broken }) => !broken,
      usable: isSessionUsable,
      close: (session) => session.close(),
    });
  }

  /**
   * Opens the queue of one shop.
   *
   * @param limitMs maximum time for queueing requests.
   * @throws ShopError `UNAVAILABLE` or `CONFIG`
   */
  async queue(redisUrl: string, prefix: string, limitMs: number): Promise<Pick<Queue, 'producer' | 'decided'>> {
    const [{ isRedisUsable, openRedis }, { Producer }, { DecidedMessages }] = await Promise.all([
      import('../domain/servers/connections.ts'),
      import('../jobs/queue/producer.ts'),
      import('../jobs/queue/decided-messages.ts'),
    ]);
    const queue = await this.#queue.take(`${prefix} ${redisUrl}`, {
      open: async () => {
        const redis = await openRedis(redisUrl);
        return { redis, producer: new Producer(redis, prefix), decided: new DecidedMessages(redis, prefix) };
      },
      intact: ({ redis }) => redis.status === 'ready',
      usable: ({ redis }) => isRedisUsable(redis),
      close: ({ redis, producer, decided }) =>
        closeAll([() => decided.close(), () => producer.close(), () => redis.disconnect()]),
    });
    queue.producer.limitReplies(limitMs);
    return queue;
  }

  /** Closes all open connections, and then throws the first error, if any. */
  async close(): Promise<void> {
    const all = [this.#queue, this.#replicaSession, this.#orm, this.#session];
    await closeAll(all.map((kept) => () => kept.drop()));
  }
}

/** How to open, check and close a connection. */
interface Connector<T> {
  readonly open: () => Promise<T>;
  /** Returns true unless this process knows that the connection is broken. Sends nothing to the server. */
  readonly intact: (value: T) => boolean;
  /** Checks that an idle connection can be used again. */
  readonly usable: (value: T) => Promise<boolean>;
  readonly close: (value: T) => Promise<void>;
}

/**
 * Returns false, so that the check of TypeORM's connections is never skipped. The check also applies the session settings
 * to a connection that TypeORM's pool has opened meanwhile.
 */
function mustBeChecked(): boolean {
  return false;
}

/** A connection that is kept for the next command with the same address. */
class Kept<T> {
  #address = '';
  #value: T | undefined;
  #close: Connector<T>['close'] = async () => {};
  /** When the connection was opened or last checked, by `performance.now()`. */
  #checkedAt = 0;
  /** Counts calls of `drop()`, so that a call during `open()` also closes the new connection. */
  #drops = 0;

  async take(address: string, connector: Connector<T>): Promise<T> {
    const kept = this.#value;
    if (kept !== undefined && this.#address === address && (await this.#isUsable(kept, connector))) return kept;
    await this.drop();
    const drops = this.#drops;
    const value = await connector.open();
    if (this.#drops > drops) {
      await connector.close(value);
      throw new Error('the connection was closed while it was being opened');
    }
    [this.#address, this.#value, this.#close, this.#checkedAt] = [address, value, connector.close, performance.now()];
    return value;
  }

  async #isUsable(value: T, { intact, usable }: Connector<T>): Promise<boolean> {
    if (performance.now() - this.#checkedAt < CHECK_AFTER_MS && intact(value)) return true;
    const result = await usable(value);
    this.#checkedAt = performance.now();
    return result;
  }

  async drop(): Promise<void> {
    this.#drops++;
    const value = this.#value;
    this.#value = undefined;
    if (value !== undefined) await this.#close(value);
  }
}
