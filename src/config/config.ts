import { hostname, userInfo } from 'node:os';
import { databaseName } from '../db/mysql/url.ts';
import { ShopError } from '../domain/errors.ts';
import { phrase } from '../domain/phrase.ts';
import { devDirectory, stateDirectory } from './directories.ts';
import { withDotEnv } from './dot-env.ts';
import { durationMs } from './duration.ts';
import { readLocalUrls } from './local-urls.ts';
import { checkLanguage } from './locale.ts';
import { databaseOptionProblem, redisOptionProblem } from './server-urls.ts';
import { CORRECT, checkOptions, type LogLevel, NAME, readSettings, type ServerSource } from './settings.ts';

/**
 * Everything that `shop` takes from its surroundings, read once and frozen.
 *
 * Precedence: flags, environment, `.env` in the working directory, the local environment that `shop dev up` made.
 * This file and `locale.ts`, for the language, are what reads the environment.
 */
export interface Config {
  /**
   * `mysql://user:password@host[:port]/database[?ssl-mode=...]`, or null where nothing names a database. Of several hosts,
   * `mysql://user:password@host[:port],.../database`, one takes the writes, another one after a failover.
   */
  readonly databaseUrl: string | null;
  /** A replica of that database, with the same name and form, that lists are read from; null where there is none. */
  readonly replica: { readonly url: string; readonly lagMs: number } | null;
  /**
   * `redis://[[user]:password@]host[:port][/db]`, or null where nothing names a Redis. Several hosts are
   * `redis+cluster://[[user]:password@]host[:port],...`, nodes of a Redis Cluster, or
   * `redis+sentinel://[[user]:password@]host[:port],.../master[/db][?sentinel_password=...]`. `rediss` instead of `redis`
   * is TLS, and takes its options.
   */
  readonly redisUrl: string | null;
  /**
   * Which URLs were given by hand. With `both`, `dev` starts no servers of its own; the local environment's are taken
   * for `none` alone, for a database of one shop with the queue of another is never meant.
   */
  readonly urlsGiven: 'none' | 'one' | 'both';
  /** First part of every Redis key and lock name: two shops on one server differ in it. */
  readonly prefix: string;
  /** Who is recorded with each request. */
  readonly actor: string;
  /** The host that is recorded with each request. */
  readonly host: string;
  /** Least level that the worker logs. */
  readonly logLevel: LogLevel;
  /** Milliseconds between two refreshes of the ranking: a second to a day. */
  readonly rankingPeriodMs: number;
  /** Milliseconds between two lines of the worker's log on what was applied: a second to a day. */
  readonly logPeriodMs: number;
  /** Where the worker serves its metrics, 0 for any port that is free; null where it is not to. */
  readonly metricsPort: number | null;
  readonly metricsHost: string;
  readonly dev: DevConfig;
  /** Absolute path of the folder for the history of `shop shell`; null if the user has no home folder. */
  readonly stateDirectory: string | null;
}

/** Where the local environment lives and what it may be made of. */
export interface DevConfig {
  /** Absolute path of the private folder (`.shop` in the checkout unless `SHOP_DEV_DIR` says otherwise). */
  readonly directory: string;
  /** Where servers may come from; `auto` takes the first there is. */
  readonly servers: ServerSource;
  /** A `mysqld` or `mariadbd` to use instead of the first on the PATH. */
  readonly mysqld: string | null;
  /** A `redis-server` or `valkey-server` to use instead of the first on the PATH. */
  readonly redisServer: string | null;
}

/** Flags that outrank the environment. */
export interface ConfigFlags {
  readonly actor?: string | undefined;
}

/**
 * Reads and validates the configuration.
 *
 * @throws ShopError `CONFIG` where a setting is malformed; the message names the setting and never holds its value.
 */
export function loadConfig(flags: ConfigFlags = {}, env: NodeJS.ProcessEnv = process.env): Config {
  const given = withDotEnv(env);
  const settings = readSettings(given);
  checkLanguage(given, env);
  checkOptions('SHOP_DATABASE_URL', settings.SHOP_DATABASE_URL, databaseOptionProblem);
  checkOptions('SHOP_DATABASE_REPLICA_URL', settings.SHOP_DATABASE_REPLICA_URL, databaseOptionProblem);
  checkOptions('SHOP_REDIS_URL', settings.SHOP_REDIS_URL, redisOptionProblem);
  const directory = devDirectory(settings.SHOP_DEV_DIR);
  const urls = [settings.SHOP_DATABASE_URL, settings.SHOP_REDIS_URL].filter((url) => url !== undefined).length;
  const local = urls === 0 ? readLocalUrls(directory) : null;
  const databaseUrl = settings.SHOP_DATABASE_URL ?? local?.databaseUrl ?? null;
  return Object.freeze({
    databaseUrl,
    replica: readReplica(settings.SHOP_DATABASE_REPLICA_URL, settings.SHOP_REPLICA_LAG, databaseUrl),
    redisUrl: settings.SHOP_REDIS_URL ?? local?.redisUrl ?? null,
    urlsGiven: urls === 0 ? 'none' : urls === 1 ? 'one' : 'both',
    prefix: settings.SHOP_PREFIX,
    actor: readActor(flags.actor ?? settings.SHOP_ACTOR ?? systemUser()),
    host: hostname().slice(0, 255),
    logLevel: settings.SHOP_LOG_LEVEL,
    rankingPeriodMs: durationMs(settings.SHOP_RANKING_PERIOD),
    logPeriodMs: durationMs(settings.SHOP_LOG_PERIOD),
    metricsPort: settings.SHOP_METRICS_PORT === undefined ? null : Number(settings.SHOP_METRICS_PORT),
    metricsHost: settings.SHOP_METRICS_HOST,
    dev: Object.freeze({
      directory,
      servers: settings.SHOP_DEV_SERVERS,
      mysqld: settings.SHOP_MYSQLD ?? null,
      redisServer: settings.SHOP_REDIS_SERVER ?? null,
    }),
    // only the shell needs it
    get stateDirectory() {
      return stateDirectory(env);
    },
  });
}

/** @throws ShopError `CONFIG` where it is not the replica of the database: another shop's lists would be told. */
function readReplica(url: string | undefined, lag: string, databaseUrl: string | null): Config['replica'] {
  if (url === undefined) return null;
  if (databaseUrl !== null && databaseName(databaseUrl) === databaseName(url))
    return Object.freeze({ url, lagMs: durationMs(lag) });
  const setting = 'SHOP_DATABASE_REPLICA_URL';
  const problem = phrase('must name the same database as SHOP_DATABASE_URL');
  throw new ShopError('CONFIG', { setting }, { message: phrase`${setting} ${problem}.`, hint: CORRECT });
}

function readActor(text: string): string {
  const parsed = NAME.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new ShopError('INVALID_INPUT', {
    field: 'actor',
    reason: phrase('must be 1 to 128 characters without control characters'),
  });
}

function systemUser(): string {
  try {
    return userInfo().username || 'unknown';
  } catch {
    // a container may run under a user id that has no name
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
