import type { Replica } from '../domain/replica.ts';
import type { DataSource, RedisClient, Session } from '../domain/store.ts';
import type { Producer } from '../jobs/producer.ts';
import { closeAll } from './close-all.ts';

interface Queue {
  readonly redis: RedisClient;
  readonly producer: Producer;
}

/**
 * Connections that one command after another uses: opened when first asked for, tried before they are used again, and
 * opened anew where that fails or where the configuration has come to name another server.
 */
export class Connections {
  readonly #session = new Kept<Session>();
  readonly #orm = new Kept<DataSource>();
  readonly #replicaSession = new Kept<Session>();
  readonly #replicaOrm = new Kept<DataSource>();
  readonly #queue = new Kept<Queue>();

  /** A session on the migrated database. @throws ShopError `UNAVAILABLE` or `CONFIG` */
  async session(databaseUrl: string): Promise<Session> {
    const { isSessionUsable, openSession } = await import('../domain/store.ts');
    return this.#session.take(databaseUrl, {
      open: () => openSession(databaseUrl),
      usable: isSessionUsable,
      close: (session) => session.close(),
    });
  }

  /** TypeORM on the migrated database. @throws ShopError `UNAVAILABLE` or `CONFIG` */
  async orm(databaseUrl: string): Promise<DataSource> {
    const { closeOrm, isOrmUsable, openOrm } = await import('../domain/store.ts');
    return this.#orm.take(databaseUrl, { open: () => openOrm(databaseUrl), usable: isOrmUsable, close: closeOrm });
  }

  /** A session on the replica, which can't write. @throws ShopError `UNAVAILABLE` or `CONFIG` */
  async replicaSession(replica: Replica): Promise<Session> {
    const [{ isSessionUsable }, { openReplica }] = await Promise.all([
      import('../domain/store.ts'),
      import('../domain/replica.ts'),
    ]);
    return this.#replicaSession.take(`${replica.lagMs} ${replica.url}`, {
      open: () => openReplica(replica),
      usable: isSessionUsable,
      close: (session) => session.close(),
    });
  }

  /** TypeORM on the replica, which can't write. @throws ShopError `UNAVAILABLE` or `CONFIG` */
  async replicaOrm(replica: Replica): Promise<DataSource> {
    const [{ closeOrm, isOrmUsable }, { openReplicaOrm }] = await Promise.all([
      import('../domain/store.ts'),
      import('../domain/replica.ts'),
    ]);
    return this.#replicaOrm.take(`${replica.lagMs} ${replica.url}`, {
      open: () => openReplicaOrm(replica),
      usable: (orm) => isOrmUsable(orm, true),
      close: closeOrm,
    });
  }

  /** The queue of one shop. @throws ShopError `UNAVAILABLE` or `CONFIG` */
  async producer(redisUrl: string, prefix: string): Promise<Producer> {
    const [{ isRedisUsable, openRedis }, { Producer }] = await Promise.all([
      import('../domain/store.ts'),
      import('../jobs/producer.ts'),
    ]);
    const { producer } = await this.#queue.take(`${prefix} ${redisUrl}`, {
      open: async () => {
        const redis = await openRedis(redisUrl);
        return { redis, producer: new Producer(redis, prefix) };
      },
      usable: ({ redis }) => isRedisUsable(redis),
      close: async ({ redis, producer }) => {
        try {
          await producer.close();
        } finally {
          redis.disconnect();
        }
      },
    });
    return producer;
  }

  /** Closes all that are open; every one is tried, the first error is kept. */
  async close(): Promise<void> {
    const all = [this.#queue, this.#replicaOrm, this.#replicaSession, this.#orm, this.#session];
    await closeAll(all.map((kept) => () => kept.drop()));
  }
}

interface Kind<T> {
  readonly open: () => Promise<T>;
  /** Whether one that has waited can be used again. */
  readonly usable: (value: T) => Promise<boolean>;
  readonly close: (value: T) => Promise<void>;
}

/** A connection that is kept for whoever asks for the same address next. */
class Kept<T> {
  #address = '';
  #value: T | undefined;
  #close: Kind<T>['close'] = async () => {};

  async take(address: string, { open, usable, close }: Kind<T>): Promise<T> {
    if (this.#value !== undefined && this.#address === address && (await usable(this.#value))) return this.#value;
    await this.drop();
    const value = await open();
    [this.#address, this.#value, this.#close] = [address, value, close];
    return value;
  }

  async drop(): Promise<void> {
    const value = this.#value;
    this.#value = undefined;
    if (value !== undefined) await this.#close(value);
  }
}
