import { existsSync } from 'node:fs';
import { homedir, hostname, userInfo } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { ShopError } from '../domain/errors.ts';
import { type Phrase, phrase, sentences } from '../domain/phrase.ts';
import { checkLanguage } from './locale.ts';
import {
  databaseOptionProblem,
  isDatabaseUrl,
  isDatabaseUrlOfHosts,
  isRedisUrl,
  redisOptionProblem,
} from './server-urls.ts';
import { readSettingsFile, withDotEnv } from './settings-file.ts';

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

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
const SERVER_SOURCES = ['auto', 'docker', 'programs', 'packages'] as const;
export type ServerSource = (typeof SERVER_SOURCES)[number];

/** Flags that outrank the environment. */
export interface ConfigFlags {
  readonly actor?: string | undefined;
}

/** The checkout (or installed package) that this program runs from: the nearest folder upwards with our package.json. */
export const packageDirectory: string = findPackageDirectory();

const NAME = z.string().check(z.trim(), z.minLength(1), z.maxLength(128), z.regex(/^\P{Cc}+$/u));

const PERIOD_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** What may lie between two refreshes of the ranking, and between two lines of the log, in milliseconds. */
export const [SHORTEST_PERIOD_MS, LONGEST_PERIOD_MS] = [1_000, 86_400_000];

const PERIOD = z
  .string()
  .check(z.refine((text) => periodMs(text) >= SHORTEST_PERIOD_MS && periodMs(text) <= LONGEST_PERIOD_MS));

/** A host name or an address, an IPv6 one without brackets. */
export const HOST = /^[A-Za-z0-9._:%-]{1,253}$/;
export const MAX_PORT = 65_535;

const SETTINGS = z.object({
  SHOP_DATABASE_URL: z.optional(z.string().check(z.refine(isDatabaseUrlOfHosts))),
  SHOP_DATABASE_REPLICA_URL: z.optional(z.string().check(z.refine(isDatabaseUrl))),
  SHOP_REPLICA_LAG: z._default(
    z.string().check(z.refine((text) => periodMs(text) >= 10 && periodMs(text) <= 60_000)),
    '1s',
  ),
  SHOP_REDIS_URL: z.optional(z.string().check(z.refine(isRedisUrl))),
  SHOP_PREFIX: z._default(z.string().check(z.regex(/^[A-Za-z0-9_-]{1,32}$/)), 'shop'),
  SHOP_ACTOR: z.optional(NAME),
  SHOP_LOG_LEVEL: z._default(z.enum(LOG_LEVELS), 'info'),
  SHOP_RANKING_PERIOD: z._default(PERIOD, '1m'),
  SHOP_LOG_PERIOD: z._default(PERIOD, '1m'),
  SHOP_METRICS_PORT: z.optional(
    z.string().check(z.refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= MAX_PORT)),
  ),
  SHOP_METRICS_HOST: z._default(z.string().check(z.regex(HOST)), '127.0.0.1'),
  SHOP_DEV_DIR: z.optional(z.string().check(z.minLength(1))),
  SHOP_DEV_SERVERS: z._default(z.enum(SERVER_SOURCES), 'auto'),
  SHOP_MYSQLD: z.optional(z.string().check(z.minLength(1))),
  SHOP_REDIS_SERVER: z.optional(z.string().check(z.minLength(1))),
});

const PERIOD_PROBLEM = phrase('must be a duration from 1s to 1d, such as 60s or 5m');
/** What is wrong with a setting that is not what it has to be. It must not repeat the value, which may hold a password. */
const PROBLEMS: Readonly<Record<string, Phrase>> = {
  SHOP_DATABASE_URL: phrase(
    'must be a URL like mysql://user:password@host:3306/database or mysql://user:password@host:3306,host:3306/database',
  ),
  SHOP_DATABASE_REPLICA_URL: phrase('must be a URL like mysql://user:password@host:3306/database'),
  SHOP_REPLICA_LAG: phrase('must be a duration from 10ms to 1m, such as 500ms or 2s'),
  SHOP_REDIS_URL: phrase(
    'must be a URL like redis://:password@host:6379, redis+cluster://:password@host:6379,host:6379 or redis+sentinel://:password@host:26379,host:26379/master',
  ),
  SHOP_PREFIX: phrase('must be 1 to 32 of A-Z a-z 0-9 _ -'),
  SHOP_RANKING_PERIOD: PERIOD_PROBLEM,
  SHOP_LOG_PERIOD: PERIOD_PROBLEM,
  SHOP_METRICS_PORT: phrase`must be a port, 0 to ${MAX_PORT}`,
  SHOP_METRICS_HOST: phrase('must be a host name or an address'),
};

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
  const local = urls === 0 ? readLocalEnvironment(directory) : null;
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
    rankingPeriodMs: periodMs(settings.SHOP_RANKING_PERIOD),
    logPeriodMs: periodMs(settings.SHOP_LOG_PERIOD),
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
  const nameIn = (text: string) => /^[^?]*\/([^/?]+)/.exec(text)?.[1];
  if (databaseUrl !== null && nameIn(databaseUrl) === nameIn(url)) return Object.freeze({ url, lagMs: periodMs(lag) });
  const setting = 'SHOP_DATABASE_REPLICA_URL';
  const problem = phrase('must name the same database as SHOP_DATABASE_URL');
  throw new ShopError('CONFIG', { setting }, { message: phrase`${setting} ${problem}.`, hint: CORRECT });
}

const LOCAL_ENVIRONMENT = z.object({ databaseUrl: z.string(), redisUrl: z.string() });

/** The URLs of the servers that `shop dev up` started. */
export type LocalEnvironment = z.infer<typeof LOCAL_ENVIRONMENT>;

/** The file in the local environment's folder that holds its URLs. */
export function localEnvironmentFile(directory: string): string {
  return join(directory, 'environment.json');
}

/** The URLs of the local environment in `directory`, or null where `dev up` has not made one. */
function readLocalEnvironment(directory: string): LocalEnvironment | null {
  const file = localEnvironmentFile(directory);
  const found = readSettingsFile(file);
  if (found === null) return null;
  try {
    return LOCAL_ENVIRONMENT.parse(JSON.parse(found.text));
  } catch (cause) {
    throw new ShopError(
      'CONFIG',
      { setting: file },
      {
        message: phrase`${file} can't be read as the local environment.`,
        hint: phrase('Make it anew with `shop dev reset` and `shop dev up`.'),
        cause,
      },
    );
  }
}

function readSettings(env: NodeJS.ProcessEnv): z.infer<typeof SETTINGS> {
  const parsed = SETTINGS.safeParse(env);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const setting = String(issue?.path[0] ?? 'the environment');
  const problem = PROBLEMS[setting] ?? phrase('has a value that is not allowed');
  throw new ShopError('CONFIG', { setting }, { message: phrase`${setting} ${problem}.`, hint: configHint(setting) });
}

/** @throws ShopError `CONFIG` where a URL that was given has options that it can't have. */
function checkOptions(setting: string, url: string | undefined, problemOf: (url: string) => Phrase | null): void {
  const problem = url === undefined ? null : problemOf(url);
  if (problem === null) return;
  throw new ShopError(
    'CONFIG',
    { setting },
    {
      message: phrase`${setting} ${problem}.`,
      hint: sentences(
        phrase(
          'Its options are ssl-mode (DISABLED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY), ssl-ca, ssl-cert and ssl-key, and socket for MySQL; the README explains them.',
        ),
        // what follows a question mark in a password is taken for options
        url?.includes('@', url.indexOf('?')) === true ? ENCODING : null,
      ),
    },
  );
}

const CORRECT = phrase('Correct it in the environment or in .env; the README lists all settings.');
/** How signs that separate the parts of a URL are written in a password. */
const ENCODING = phrase(
  'In user and password, write % as %25, # as %23, / as %2F, ? as %3F and @ as %40; `node -p \'encodeURIComponent("password")\'` does it.',
);

function configHint(setting: string): Phrase {
  if (setting.endsWith('_URL')) return ENCODING;
  if (setting === 'SHOP_LOG_LEVEL') return phrase`Use one of ${LOG_LEVELS.join(', ')}.`;
  if (setting === 'SHOP_DEV_SERVERS') return phrase`Use one of ${SERVER_SOURCES.join(', ')}.`;
  return CORRECT;
}

/** A duration such as `60s` in milliseconds; NaN where it is none. */
function periodMs(text: string): number {
  const [, count, unit = ''] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  return Number(count) * (PERIOD_UNITS[unit] ?? Number.NaN);
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

/** As the XDG specification says: a relative path in the variable counts as none. */
function stateDirectory({ XDG_STATE_HOME: given = '' }: NodeJS.ProcessEnv): string | null {
  if (isAbsolute(given)) return join(given, 'shop');
  try {
    return join(homedir(), '.local/state/shop');
  } catch {
    // without HOME, a user id may have no home folder
    return null;
  }
}

/** @throws ShopError `CONFIG` if the path is relative to a folder that was deleted. */
function devDirectory(given = join(packageDirectory, '.shop')): string {
  try {
    return resolve(given);
  } catch (cause) {
    const setting = 'SHOP_DEV_DIR';
    const message = phrase`${setting} is relative to a working directory that does not exist: ${given}.`;
    throw new ShopError('CONFIG', { setting }, { message, hint: phrase('Give an absolute path.'), cause });
  }
}

function findPackageDirectory(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'package.json'))) {
    const parent = dirname(directory);
    if (parent === directory) throw new Error('package.json of shop not found');
    directory = parent;
  }
  return directory;
}
