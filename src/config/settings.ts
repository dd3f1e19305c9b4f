import * as z from 'zod/mini';
import { ShopError } from '../domain/errors.ts';
import { type Phrase, phrase, sentences } from '../domain/phrase.ts';
import { durationMs } from './duration.ts';
import { HOST, LONGEST_PERIOD_MS, MAX_PORT, SHORTEST_PERIOD_MS } from './limits.ts';
import {
  databaseOptionProblem,
  isDatabaseUrl,
  isDatabaseUrlOfHosts,
  isRedisUrl,
  redisOptionProblem,
} from './server-urls.ts';
import { canonicalTimeZone } from './time-zone.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

const SERVER_SOURCES = ['auto', 'docker', 'programs', 'packages'] as const;

export type ServerSource = (typeof SERVER_SOURCES)[number];

/** The name of an actor. */
export const NAME = z.string().check(z.trim(), z.minLength(1), z.maxLength(128), z.regex(/^\P{Cc}+$/u));

const PERIOD = z
  .string()
  .check(z.refine((text) => durationMs(text) >= SHORTEST_PERIOD_MS && durationMs(text) <= LONGEST_PERIOD_MS));

const SETTINGS = z.object({
  SHOP_DATABASE_URL: z.optional(z.string().check(z.refine(isDatabaseUrlOfHosts))),
  SHOP_DATABASE_REPLICA_URL: z.optional(z.string().check(z.refine(isDatabaseUrl))),
  SHOP_REPLICA_LAG: z._default(
    z.string().check(z.refine((text) => durationMs(text) >= 10 && durationMs(text) <= 60_000)),
    '1s',
  ),
  SHOP_REDIS_URL: z.optional(z.string().check(z.refine(isRedisUrl))),
  SHOP_PREFIX: z._default(z.string().check(z.regex(/^[A-Za-z0-9_-]{1,32}$/)), 'shop'),
  SHOP_ACTOR: z.optional(NAME),
  SHOP_TIME_ZONE: z.optional(z.string().check(z.refine((text) => canonicalTimeZone(text) !== null))),
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

/** Messages about malformed settings. They must not repeat the value, which may contain a password. */
const PROBLEMS: Readonly<Record<string, Phrase>> = {
  SHOP_DATABASE_URL: phrase(
    'must be a URL like mysql://user:password@host:3306/database or mysql://user:password@host:3306,host:3306/database',
  ),
  SHOP_DATABASE_REPLICA_URL: phrase('must be a URL like mysql://user:password@host:3306/database'),
  SHOP_REPLICA_LAG: phrase('must be a duration from 10ms to 1m, such as 500ms or 2s'),
  SHOP_REDIS_URL: phrase(
    'must be a URL like redis://:password@host:6379, redis+cluster://:password@host:6379,host:6379 or redis+sentinel://:password@host:26379,host:26379/master',
  ),
  SHOP_PREFIX: phrase('must be 1 to 32 characters (A-Z, a-z, 0-9 and _ -)'),
  SHOP_TIME_ZONE: phrase('must be the name of a time zone, such as Asia/Seoul, America/New_York or UTC'),
  SHOP_RANKING_PERIOD: PERIOD_PROBLEM,
  SHOP_LOG_PERIOD: PERIOD_PROBLEM,
  SHOP_METRICS_PORT: phrase`must be a port from 0 to ${MAX_PORT}`,
  SHOP_METRICS_HOST: phrase('must be a host name or an address'),
};

/** Names of all settings. `locale.ts` reads `SHOP_LANG`, because help needs the language without the other settings. */
export const SETTING_NAMES: readonly string[] = [...Object.keys(SETTINGS.shape), 'SHOP_LANG'];

/** Default values of the settings that have a fixed default. */
export const DEFAULTS: Readonly<Record<string, string | undefined>> = SETTINGS.parse({});

/** Functions that check the options of a URL whose other parts are valid. Each returns the problem, or null. */
const OPTION_PROBLEMS: Readonly<Record<string, (url: string) => Phrase | null>> = {
  SHOP_DATABASE_URL: databaseOptionProblem,
  SHOP_DATABASE_REPLICA_URL: databaseOptionProblem,
  SHOP_REDIS_URL: redisOptionProblem,
};

/** Reads the settings and fills in defaults. @throws ShopError `CONFIG` for a malformed setting */
export function readSettings(env: NodeJS.ProcessEnv): z.infer<typeof SETTINGS> {
  const [error] = settingErrors(env);
  if (error !== undefined) throw error;
  return SETTINGS.parse(env);
}

/** Returns an error with the code `CONFIG` for each malformed setting. Each setting is checked on its own. */
export function settingErrors(env: NodeJS.ProcessEnv): ShopError[] {
  const issues = SETTINGS.safeParse(env).error?.issues ?? [];
  const malformed = new Set(issues.map(({ path: [setting] }) => String(setting)));
  const errors = [...malformed].map((setting) => {
    const problem = PROBLEMS[setting] ?? phrase('has a value that is not allowed');
    return new ShopError('CONFIG', { setting }, { message: phrase`${setting} ${problem}.`, hint: configHint(setting) });
  });
  for (const [setting, problemOf] of Object.entries(OPTION_PROBLEMS)) {
    const url = env[setting];
    const problem = url === undefined || malformed.has(setting) ? null : problemOf(url);
    if (url !== undefined && problem !== null) errors.push(optionError(setting, url, problem));
  }
  return errors;
}

function optionError(setting: string, url: string, problem: Phrase): ShopError {
  return new ShopError(
    'CONFIG',
    { setting },
    {
      message: phrase`${setting} ${problem}.`,
      hint: sentences(
        phrase(
          'Allowed options are ssl-mode (DISABLED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY), ssl-ca, ssl-cert and ssl-key; for MySQL also socket, and for sentinels also sentinel_username and sentinel_password. See docs/configuration.md.',
        ),
        // everything after a question mark in a password is read as options
        url.includes('@', url.indexOf('?')) ? ENCODING : null,
      ),
    },
  );
}

/** Hint for a malformed setting. */
export const CORRECT = phrase(
  'Correct the value in the environment or in .env; docs/configuration.md lists all settings.',
);

/** Hint on how to escape the characters that separate the parts of a URL. */
const ENCODING = phrase(
  'In the user name and password, write % as %25, # as %23, / as %2F, ? as %3F and @ as %40; `node -p \'encodeURIComponent("password")\'` encodes a password.',
);

function configHint(setting: string): Phrase {
  if (setting.endsWith('_URL')) return ENCODING;
  if (setting === 'SHOP_LOG_LEVEL') return phrase`Use one of ${LOG_LEVELS.join(', ')}.`;
  if (setting === 'SHOP_DEV_SERVERS') return phrase`Use one of ${SERVER_SOURCES.join(', ')}.`;
  return CORRECT;
}
