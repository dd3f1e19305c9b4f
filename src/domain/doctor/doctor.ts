import { connect, type Session, serverVersion } from '../../db/mysql/connection.ts';
import { RedisError } from '../../db/redis/client.ts';
import { nodesOf, type RedisNode, readCluster } from '../../db/redis/cluster.ts';
import { readSentinels } from '../../db/redis/sentinel.ts';
import { parseRedisUrl } from '../../db/redis/url.ts';
import { schemaState } from '../../db/schema.ts';
import { isLaneHeld } from '../apply/lane-lock.ts';
import { ShopError } from '../errors.ts';
import { phrase } from '../phrase.ts';
import { RankingCache } from '../ranking/cache.ts';
import type { RankingAddress } from '../ranking/ranking.ts';
import { readPrefix } from '../requests/gate.ts';
import { findIdJumps, longestPending } from '../requests/pending.ts';
import { openRedis, openSession, type RedisClient } from '../servers/connections.ts';
import { readSchemaStatus } from '../servers/migrate.ts';
import { isDatabaseError, translateDatabaseError } from '../servers/mysql-errors.ts';
import { translateRedisError } from '../servers/redis-errors.ts';
import { permitted, type RedisInfo, readInfo } from '../servers/redis-info.ts';
import { rankingKey } from '../servers/redis-keys.ts';
import { awaitReplica, openReplica } from '../servers/replica.ts';
import {
  CHECK_NAMES,
  type CheckName,
  type CheckResult,
  checkResult,
  type Fault,
  type Finding,
  NotChecked,
} from './check.ts';
import { checkClocks, databaseClock, redisClock } from './clocks.ts';
import { checkFailover, type GroupView, readGroupView, readHosts } from './mysql-failover.ts';
import { checkReplica, readReplica } from './mysql-replica.ts';
import { checkDurability, checkSessionSettings, readDurability, readSessionSettings } from './mysql-settings.ts';
import { checkRanking } from './ranking.ts';
import { checkCluster, checkSentinels, checkServer } from './redis-failover.ts';
import { checkNodes } from './redis-nodes.ts';
import { checkEviction, checkMemory, checkPersistence } from './redis-settings.ts';
import { checkPending, checkWorkers, type QueueHold } from './requests.ts';
import { checkDrift } from './schema.ts';
import { checkDatabaseVersion, checkRedisVersion } from './versions.ts';

export type { CheckResult } from './check.ts';

/** Output of `doctor`. */
export interface Diagnosis {
  readonly ok: boolean;
  readonly checks: readonly CheckResult[];
}

/** State of the queue in Redis. */
interface QueueView {
  /** Number of workers that wait for jobs; null if Redis does not list its clients. */
  readonly workers: number | null;
  readonly hold: QueueHold | null;
}

/** Reads the state of the queue. @throws RedisError */
export type ViewQueue = (redis: RedisClient) => Promise<QueueView>;

/** Milliseconds that a statement may take. A server that takes longer counts as unavailable. */
const STATEMENT_MS = 20_000;
const REDIS_LIMIT_MS = 10_000;

/**
 * Checks the servers, their settings and clocks, the schema, the workers, their backlog and the ranking, and changes nothing.
 * If a server is unavailable, each check that needs it reports a fault. The other checks still run.
 */
export async function diagnose(address: RankingAddress, viewQueue: ViewQueue): Promise<Diagnosis> {
  const examination = new Examination(address, viewQueue);
  try {
    const checks: CheckResult[] = [];
    // checks run one after another, because another check's statement would delay the reading of a clock
    for (const name of CHECK_NAMES)
      if (examination.has(name)) checks.push(checkResult(name, await examination.make(name)));
    return { ok: checks.every(({ ok }) => ok), checks };
  } finally {
    await examination.close();
  }
}

/** Result of an operation, or the faults that prevented it. */
interface Attempted<T> {
  readonly value: T | null;
  readonly faults: readonly Fault[];
}

/**
 * Runs the checks. Most of them share one connection to each server. If a server that a check needs is unavailable, the check
 * reports a fault that says why.
 */
class Examination {
  readonly #address: RankingAddress;
  readonly #mysql: Promise<Session>;
  readonly #redis: Promise<RedisClient>;
  readonly #checks: Readonly<Record<CheckName, () => Promise<Finding>>>;
  readonly #infos = new Map<string, Promise<RedisInfo>>();
  #current: Promise<Session> | null = null;

  constructor(address: RankingAddress, viewQueue: ViewQueue) {
    const { databaseUrl, redisUrl, prefix, periodMs } = address;
    this.#address = address;
    this.#mysql = connect(databaseUrl, { statementMs: STATEMENT_MS });
    this.#redis = openRedis(redisUrl, REDIS_LIMIT_MS);
    // each check that needs a server awaits its connection and handles the error; this handler only prevents an unhandled
    // rejection
    for (const server of [this.#mysql, this.#redis]) server.catch(() => {});
    this.#checks = {
      mysql: async () => checkDatabaseVersion(await serverVersion(await this.#mysql)),
      'mysql-durability': async () => checkDurability(await readDurability(await this.#mysql)),
      'mysql-session': async () => checkSessionSettings(await readSessionSettings(await this.#mysql)),
      'mysql-failover': () => this.#databaseFailover(),
      'mysql-replica': () => this.#replica(),
      redis: () => this.#checkInfo(checkRedisVersion),
      'redis-eviction': () => this.#checkInfo(checkEviction),
      'redis-persistence': () => this.#checkInfo(checkPersistence),
      'redis-memory': () => this.#checkInfo(checkMemory),
      'redis-failover': () => this.#redisFailover(),
      clocks: () => this.#clocks(),
      schema: () => this.#schema(),
      drift: () => this.#onSchema(async () => checkDrift((await readSchemaStatus(databaseUrl)).drift)),
      workers: () => this.#workers(viewQueue),
      pending: () =>
        this.#onSchema(async (session) => checkPending(await longestPending(session), await findIdJumps(session))),
      ranking: async () => checkRanking(await new RankingCache(await this.#redis, prefix, periodMs).read(), periodMs),
    };
  }

  /** Returns false for a check that does not apply: `mysql-replica`, if no replica is configured. */
  has(name: CheckName): boolean {
    return name !== 'mysql-replica' || (this.#address.replica ?? null) !== null;
  }

  /** Runs one check. If the check can't run, the reason is reported as its fault. */
  async make(name: CheckName): Promise<Finding> {
    const { value, faults } = await this.#attempt(this.#checks[name], name !== 'mysql' && name !== 'redis');
    return value ?? { seen: {}, faults };
  }

  async close(): Promise<void> {
    for (const session of [this.#mysql, this.#current]) await session?.then((open) => open.close()).catch(() => {});
    await this.#redis.then((client) => client.disconnect()).catch(() => {});
  }

  /** Runs a check on each Redis node. If there are several nodes, a node that does not respond is a fault. */
  async #checkInfo(check: (info: RedisInfo) => Finding): Promise<Finding> {
    const nodes = nodesOf(await this.#redis);
    return checkNodes(nodes, async (node) => {
      if (nodes.length === 1) return check(await this.#readInfo(node));
      const { value, faults } = await this.#attempt(() => this.#readInfo(node));
      return value === null ? { seen: {}, faults } : check(value);
    });
  }

  #readInfo({ address, client }: RedisNode): Promise<RedisInfo> {
    const known = this.#infos.get(address) ?? readInfo(client);
    this.#infos.set(address, known);
    return known;
  }

  /** Checks every MySQL host, not only the host in use. */
  async #databaseFailover(): Promise<Finding> {
    const hosts = await readHosts(this.#address.databaseUrl, STATEMENT_MS);
    const group = await this.#attempt<GroupView | null>(async () => readGroupView(await this.#mysql));
    return checkFailover(hosts, group.value);
  }

  async #redisFailover(): Promise<Finding> {
    const { redisUrl, prefix } = this.#address;
    const redis = await this.#redis;
    const { kind, master } = parseRedisUrl(redisUrl);
    if (kind === 'cluster') {
      const cluster = await permitted(() => readCluster(redis, rankingKey(prefix)));
      return cluster === null ? { seen: { mode: kind }, faults: [] } : checkCluster(cluster);
    }
    if (kind === 'sentinel') return checkSentinels(master, await readSentinels(redisUrl, REDIS_LIMIT_MS));
    return this.#checkInfo(checkServer);
  }

  async #replica(): Promise<Finding> {
    const { replica } = this.#address;
    if (replica === undefined || replica === null) throw new Error('there is no replica to check');
    const primary = await this.#mysql;
    const session = await openReplica(replica, STATEMENT_MS + replica.lagMs);
    try {
      const late = await awaitReplica(primary, session, replica).then(
        () => null,
        (error: unknown) => error,
      );
      return checkReplica(await readReplica(primary, session), late === null ? null : this.#faultOf(late));
    } finally {
      await session.close();
    }
  }

  async #clocks(): Promise<Finding> {
    const mysql = await this.#attempt(async () => databaseClock(await this.#mysql));
    const redis = await this.#attempt(async () => redisClock(await this.#redis));
    const { seen, faults } = checkClocks({ mysql: mysql.value, redis: redis.value });
    return { seen, faults: [...faults, ...mysql.faults, ...redis.faults] };
  }

  async #schema(): Promise<Finding> {
    const { applied, pending, unknown } = await schemaState(await this.#mysql);
    const { faults } = await this.#attempt(() => this.#onSchema(async () => {}), false);
    return { seen: { applied: applied.length, pending: pending.length, unknown: unknown.length }, faults };
  }

  /** Runs work that needs a database with this program's schema. @throws ShopError if the database has another schema. */
  async #onSchema<T>(work: (session: Session) => Promise<T>): Promise<T> {
    // if MySQL is unavailable, this wait fails at once, without another attempt to connect
    await this.#mysql;
    this.#current ??= openSession(this.#address.databaseUrl, { statementMs: STATEMENT_MS });
    return work(await this.#current);
  }

  async #workers(viewQueue: ViewQueue): Promise<Finding> {
    const lane = await this.#attempt(async () => isLaneHeld(await this.#mysql, this.#address));
    const prefix = await this.#attempt(async () => this.#onSchema(readPrefix));
    const queue = await this.#attempt(async () => viewQueue(await this.#redis));
    const { seen, faults } = checkWorkers({
      laneHeld: lane.value,
      atQueue: queue.value?.workers ?? null,
      prefix: prefix.faults.length > 0 ? undefined : prefix.value,
      ownPrefix: this.#address.prefix,
      hold: queue.value?.hold ?? null,
    });
    return { seen, faults: [...faults, ...lane.faults, ...queue.faults] };
  }

  async #attempt<T>(work: () => Promise<T>, otherwise = true): Promise<Attempted<T>> {
    try {
      return { value: await work(), faults: [] };
    } catch (error) {
      const { fault, hint } = this.#faultOf(error);
      return { value: null, faults: [{ fault: otherwise ? new NotChecked(fault) : fault, hint }] };
    }
  }

  #faultOf(error: unknown): Fault {
    const { databaseUrl, redisUrl } = this.#address;
    const known =
      error instanceof RedisError ? translateRedisError(error, redisUrl) : translateDatabaseError(error, databaseUrl);
    if (known instanceof ShopError) return { fault: known.text.message, hint: known.text.hint };
    if (isDatabaseError(known)) {
      return {
        fault: phrase`MySQL refused the statement: ${known.message}.`,
        hint: phrase`Check the rights of the account in ${'SHOP_DATABASE_URL'} with SHOW GRANTS.`,
      };
    }
    throw error;
  }
}
