import type { Config, ConfigFlags } from '../config/config.ts';
import type { Replica } from '../domain/servers/replica.ts';
import type { DataSource, RedisClient, Session } from '../domain/servers/store.ts';
import type { DecidedMessages } from '../jobs/queue/decided-messages.ts';
import type { Producer } from '../jobs/queue/producer.ts';
import { closeAll } from './close-all.ts';

/** The queue and the messages of one shop, on its Redis. */
interface Queue {
  readonly redis: RedisClient;
  readonly producer: Producer;
  readonly decided: DecidedMessages;
}

/**
 * A connection that was checked less than this ago is used without another check, unless it is known to be broken; a
 * configuration that was read less than this ago is not read again.
 */
const CHECK_AFTER_MS = 1_000;

/**
 * The configuration and the connections that one command after another uses. Connections are opened when first
 * requested, and checked before they are used again: at most once a second, so that commands in quick succession do not
 * check for each one. They are opened again if the check fails, or if the configuration names another server.
 */
export class Connections {
  readonly #config = new Kept<Config>();
  readonly #session = new Kept<Session>();
  readonly #orm = new Kept<DataSource>();
  readonly #replicaSession = new Kept<Session>();
  readonly #replicaOrm = new Kept<DataSource>();
  readonly #queue = new Kept<Queue>();

  /** The configuration. @throws ShopError `CONFIG` */
  async config(flags: ConfigFlags): Promise<Config> {
    const { loadConfig } = await import('../config/config.ts');
    return this.#config.take(flags.actor ?? '', {
      open: async () => loadConfig(flags),
      intact: () => true,
      usable: async () => false,
      close: async () => {},
    });
  }

  /** Has the configuration read again when it is next needed. */
  async forgetConfig(): Promise<void> {
    await this.#config.drop();
  }

  /** A session on the migrated database. @throws ShopError `UNAVAILABLE` or `CONFIG` */
  async session(databaseUrl: string): Promise<Session> {
    const { isSessionUsable, openSession } = await import('../domain/servers/store.ts');
    return this.#session.take(databaseUrl, {
      open: () => openSession(databaseUrl),
      intact: ({ broken }) => !broken,
      usable: isSessionUsable,
      close: (session) => session.close(),
    });
  }

  /** TypeORM on the migrated database. @throws ShopError `UNAVAILABLE` or `CONFIG` */
  async orm(databaseUrl: string): Promise<DataSource> {
    const { closeOrm, isOrmUsable, openOrm } = await import('../domain/servers/store.ts');
    return this.#orm.take(databaseUrl, {
      open: () => openOrm(databaseUrl),
      intact: mustBeChecked,
      usable: isOrmUsable,
      close: closeOrm,
    });
  }

  /** A session on the replica, which can't write. @throws ShopError `UNAVAILABLE` or `CONFIG` */
  async replicaSession(replica: Replica): Promise<Session> {
    const [{ isSessionUsable }, { openReplica }] = await Promise.all([
      import('../domain/servers/store.ts'),
      import('../domain/servers/replica.ts'),
    ]);
    return this.#replicaSession.take(`${replica.lagMs} ${replica.url}`, {
      open: () => openReplica(replica),
      intact: ({ broken }) => !broken,
      usable: isSessionUsable,
      close: (session) => session.close(),
    });
  }

  /** TypeORM on the replica, which can't write. @throws ShopError `UNAVAILABLE` or `CONFIG` */
  async replicaOrm(replica: Replica): Promise<DataSource> {
    const [{ closeOrm, isOrmUsable }, { openReplicaOrm }] = await Promise.all([
      import('../domain/servers/store.ts'),
      import('../domain/servers/replica.ts'),
    ]);
    return this.#replicaOrm.take(`${replica.lagMs} ${replica.url}`, {
      open: () => openReplicaOrm(replica),
      intact: mustBeChecked,
      usable: (orm) => isOrmUsable(orm, true),
      close: closeOrm,
    });
  }

  /** The queue of one shop. @throws ShopError `UNAVAILABLE` or `CONFIG` */
  async queue(redisUrl: string, prefix: string): Promise<Pick<Queue, 'producer' | 'decided'>> {
    const [{ isRedisUsable, openRedis }, { Producer }, { DecidedMessages }] = await Promise.all([
      import('../domain/servers/store.ts'),
      import('../jobs/queue/producer.ts'),
      import('../jobs/queue/decided-messages.ts'),
    ]);
    return this.#queue.take(`${prefix} ${redisUrl}`, {
      open: async () => {
        const redis = await openRedis(redisUrl);
        return { redis, producer: new Producer(redis, prefix), decided: new DecidedMessages(redis, prefix) };
      },
      intact: ({ redis }) => redis.status === 'ready',
      usable: ({ redis }) => isRedisUsable(redis),
      close: ({ redis, producer, decided }) =>
        closeAll([() => decided.close(), () => producer.close(), () => redis.disconnect()]),
    });
  }

  /** Closes all that are open; every one is tried, the first error is kept. */
  async close(): Promise<void> {
    const all = [this.#queue, this.#replicaOrm, this.#replicaSession, this.#orm, this.#session];
    await closeAll(all.map((kept) => () => kept.drop()));
  }
}

interface Kind<T> {
  readonly open: () => Promise<T>;
  /** True while this process has seen nothing that breaks it. */
  readonly intact: (value: T) => boolean;
  /** Whether one that has waited can be used again. */
  readonly usable: (value: T) => Promise<boolean>;
  readonly close: (value: T) => Promise<void>;
}

/** TypeORM's pool may have made another connection, which has no settings before the check. */
function mustBeChecked(): boolean {
  return false;
}

/** A connection that is kept for the next command that needs the same address. */
class Kept<T> {
  #address = '';
  #value: T | undefined;
  #close: Kind<T>['close'] = async () => {};
  /** When it was opened or last checked, by `performance.now()`. */
  #checkedAt = 0;
  /** Counts calls of `drop()`: one that comes while a connection is being opened closes that connection, too. */
  #drops = 0;

  async take(address: string, kind: Kind<T>): Promise<T> {
    const kept = this.#value;
    if (kept !== undefined && this.#address === address && (await this.#isUsable(kept, kind))) return kept;
    await this.drop();
    const drops = this.#drops;
    const value = await kind.open();
    if (this.#drops > drops) {
      await kind.close(value);
      throw new Error('the connection was closed while it was being opened');
    }
    [this.#address, this.#value, this.#close, this.#checkedAt] = [address, value, kind.close, performance.now()];
    return value;
  }

  async #isUsable(value: T, { intact, usable }: Kind<T>): Promise<boolean> {
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
