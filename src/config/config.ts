import { hostname, userInfo } from 'node:os';
import { databaseName } from '../db/mysql/url.ts';
import { ShopError } from '../domain/errors.ts';
import { phrase } from '../domain/phrase.ts';
import { devDirectory, stateDirectory } from './directories.ts';
import { withDotEnv } from './dot-env.ts';
import { durationMs } from './duration.ts';
import { readLocalUrls } from './local-urls.ts';
import { checkLanguage } from './locale.ts';
import { CORRECT, type LogLevel, NAME, readSettings, type ServerSource } from './settings.ts';
import { unknownVariables } from './unknown-variables.ts';

/**
 * Configuration of `shop`, which does not change after it is read.
 *
 * Precedence: flags, environment, `.env` in the working directory, and the local environment of `shop dev up`. Only
 * this file, `setting-report.ts`, `locale.ts` (for the language) and `time-zone.ts` read settings from the environment.
 */
export interface Config {
  /**
   * `mysql://user:password@host[:port]/database[?ssl-mode=...]`, or null if no database is set. Several hosts are possible
   * (`mysql://user:password@host[:port],.../database`). One of them accepts writes; after a failover, another one does.
   */
  readonly databaseUrl: string | null;
  /**
   * A replica of the database in `databaseUrl`, for lists, reports, the ranking and the audit; null if none is set. `lagMs` is the
   * maximum wait for the replica to catch up with the primary, in milliseconds.
   */
  readonly replica: { readonly url: string; readonly lagMs: number } | null;
  /**
   * `redis://[[user]:password@]host[:port][/db]`, or null if no Redis is set. A Redis Cluster is
   * `redis+cluster://[[user]:password@]host[:port],...`. Sentinels are
   * `redis+sentinel://[[user]:password@]host[:port],.../master[/db][?sentinel_password=...]`. With `rediss` instead of `redis`,
   * the connection uses TLS, and the URL accepts TLS options.
   */
  readonly redisUrl: string | null;
  /**
   * Says whether the user has set none, one or both of `SHOP_DATABASE_URL` and `SHOP_REDIS_URL`. The local environment is used only
   * with `none`, so that the database of one shop is never combined with the queue of another.
   */
  readonly urlsGiven: 'none' | 'one' | 'both';
  /** First part of every Redis key and lock name. It separates shops on the same servers. */
  readonly prefix: string;
  /** The operator recorded with each request. */
  readonly actor: string;
  /** The machine recorded with each request. */
  readonly host: string;
  /** Lowest level that the worker logs. */
  readonly logLevel: LogLevel;
  /** Milliseconds between two refreshes of the ranking: one second to one day. */
  readonly rankingPeriodMs: number;
  /** Milliseconds between two summaries in the worker's log: one second to one day. */
  readonly logPeriodMs: number;
  /** Port of the worker's metrics; 0 for any free port, null for no metrics. */
  readonly metricsPort: number | null;
  readonly metricsHost: string;
  readonly dev: DevConfig;
  /** Absolute path of the folder for the history of `shop shell`; null if the user has no home folder. */
  readonly stateDirectory: string | null;
  /** Variables whose names begin with `SHOP_` but are not settings. */
  readonly unknownVariables: readonly string[];
}

/** Settings of the local environment. */
export interface DevConfig {
  /**
   * Absolute path of the environment's folder: `SHOP_DEV_DIR`, or the default of `devDirectory`.
   *
   * @throws ShopError `CONFIG` if there is no default.
   */
  readonly directory: string;
  /** Source of the servers; `auto` selects the source that has the data, or, if there is no data, the first available source. */
  readonly servers: ServerSource;
  /** A `mysqld` or `mariadbd` to use; null to search for one. */
  readonly mysqld: string | null;
  /** A `redis-server` or `valkey-server` to use; null to search for one. */
  readonly redisServer: string | null;
}

/** Flags that take precedence over the environment. */
export interface ConfigFlags {
  readonly actor?: string | undefined;
}

/**
 * Reads and validates the configuration.
 *
 * @throws ShopError `CONFIG` if a setting is malformed or a file can't be read, `INVALID_INPUT` if the actor is
 * invalid. The message names the setting, but never contains its value.
 */
export function loadConfig(flags: ConfigFlags = {}, env: NodeJS.ProcessEnv = process.env): Config {
  const given = withDotEnv(env);
  const settings = readSettings(given);
  checkLanguage(given, env);
  const urls = [settings.SHOP_DATABASE_URL, settings.SHOP_REDIS_URL].filter((url) => url !== undefined).length;
  const local = urls === 0 ? readLocalUrls(devDirectory(settings.SHOP_DEV_DIR, env)) : null;
  const databaseUrl = settings.SHOP_DATABASE_URL ?? local?.databaseUrl ?? null;
  checkReplica(settings.SHOP_DATABASE_REPLICA_URL, databaseUrl);
  return Object.freeze({
    databaseUrl,
    replica:
      settings.SHOP_DATABASE_REPLICA_URL === undefined
        ? null
        : Object.freeze({ url: settings.SHOP_DATABASE_REPLICA_URL, lagMs: durationMs(settings.SHOP_REPLICA_LAG) }),
    redisUrl: settings.SHOP_REDIS_URL ?? local?.redisUrl ?? null,
    urlsGiven: urls === 0 ? 'none' : urls === 1 ? 'one' : 'both',
    prefix: settings.SHOP_PREFIX,
    actor: chooseActor(flags.actor, settings.SHOP_ACTOR),
    host: hostname().slice(0, 255),
    logLevel: settings.SHOP_LOG_LEVEL,
    rankingPeriodMs: durationMs(settings.SHOP_RANKING_PERIOD),
    logPeriodMs: durationMs(settings.SHOP_LOG_PERIOD),
    metricsPort: settings.SHOP_METRICS_PORT === undefined ? null : Number(settings.SHOP_METRICS_PORT),
    metricsHost: settings.SHOP_METRICS_HOST,
    dev: Object.freeze({
      // computed on access, because `devDirectory` may throw, and a command needs no folder if a URL is set
      get directory() {
        return devDirectory(settings.SHOP_DEV_DIR, env);
      },
      servers: settings.SHOP_DEV_SERVERS,
      mysqld: settings.SHOP_MYSQLD ?? null,
      redisServer: settings.SHOP_REDIS_SERVER ?? null,
    }),
    // the folder is computed on access, because only the shell needs it
    get stateDirectory() {
      return stateDirectory(env);
    },
    unknownVariables: unknownVariables(given),
  });
}

/**
 * Checks that a replica's URL names the same database as the primary's URL, so that another shop's data is never read.
 * @throws ShopError `CONFIG`
 */
export function checkReplica(url: string | undefined, databaseUrl: string | null): void {
  if (url === undefined) return;
  if (databaseUrl !== null && databaseName(databaseUrl) === databaseName(url)) return;
  const setting = 'SHOP_DATABASE_REPLICA_URL';
  const problem = phrase('must name the same database as SHOP_DATABASE_URL');
  throw new ShopError('CONFIG', { setting }, { message: phrase`${setting} ${problem}.`, hint: CORRECT });
}

/**
 * Returns the actor from the flag, else from the setting, else the operating system's user.
 *
 * @throws ShopError `INVALID_INPUT`
 */
export function chooseActor(flag: string | undefined, setting: string | undefined): string {
  const parsed = NAME.safeParse(flag ?? setting ?? systemUser());
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
    // the user id may be unknown to the system, as in some containers
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
