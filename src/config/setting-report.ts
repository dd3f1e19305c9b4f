import { ShopError } from '../domain/errors.ts';
import { type Phrase, sentences } from '../domain/phrase.ts';
import { type ConfigFlags, checkReplica, chooseActor } from './config.ts';
import { devDirectory } from './directories.ts';
import { readGiven } from './dot-env.ts';
import { localUrlsFile, readLocalUrls } from './local-urls.ts';
import { checkLanguage } from './locale.ts';
import { withoutPasswords } from './server-urls.ts';
import { DEFAULTS, SETTING_NAMES, settingErrors } from './settings.ts';
import { unknownVariables } from './unknown-variables.ts';

/** A setting, and the source of its value. */
export interface ReportedSetting {
  readonly setting: string;
  /** Null if there is no value, or if the value is malformed, because a malformed value may contain a password. */
  readonly value: string | null;
  /** `flag`, `environment`, `default`, or the path of a file. */
  readonly source: string;
  /** Explains why the value can't be used, and what to do; null if it can be used. */
  readonly problem: Phrase | null;
}

/** All settings, and the `SHOP_` variables that are not settings. */
export interface SettingReport {
  readonly settings: readonly ReportedSetting[];
  readonly unknownVariables: readonly string[];
}

/** The values of one source. */
interface Source {
  readonly name: string;
  readonly values: Readonly<Record<string, string | undefined>>;
}

/**
 * Reports all settings, even if some are malformed. Passwords are masked.
 *
 * @throws ShopError `CONFIG` if `.env` or the file of the local environment can't be read, `INVALID_INPUT` if the actor
 * in `flags` is invalid.
 */
export function reportSettings(flags: ConfigFlags = {}, env: NodeJS.ProcessEnv = process.env): SettingReport {
  const { environment, dotEnv, dotEnvPath } = readGiven(env);
  const given = { ...dotEnv, ...environment };
  const problems = new Map<unknown, Phrase>();
  const note = ({ details, text }: ShopError) => problems.set(details.setting, sentences(text.message, text.hint));
  settingErrors(given).forEach(note);
  attempt(() => checkLanguage(given, env), note);
  const hasUrl = given.SHOP_DATABASE_URL !== undefined || given.SHOP_REDIS_URL !== undefined;
  // a shop with URLs needs no folder, so a missing folder is not a problem
  const directory = attempt(() => devDirectory(given.SHOP_DEV_DIR, env), hasUrl ? () => undefined : note);
  const sources: readonly Source[] = [
    { name: 'flag', values: flags.actor === undefined ? {} : { SHOP_ACTOR: chooseActor(flags.actor, undefined) } },
    { name: 'environment', values: environment },
    { name: dotEnvPath, values: dotEnv },
    ...(hasUrl || directory === undefined ? [] : localSource(directory)),
    {
      name: 'default',
      values: {
        ...DEFAULTS,
        SHOP_ACTOR: chooseActor(undefined, undefined),
        SHOP_LANG: checkLanguage({}, env),
        SHOP_DEV_DIR: directory,
      },
    },
  ];
  const settings = SETTING_NAMES.map((setting) => {
    const source = sources.find(({ values }) => values[setting] !== undefined);
    return { setting, value: source?.values[setting] ?? null, source: source?.name ?? 'default' };
  });
  const valueNamed = (name: string) => settings.find(({ setting }) => setting === name)?.value ?? null;
  const [database, replica] = ['SHOP_DATABASE_URL', 'SHOP_DATABASE_REPLICA_URL'] as const;
  if (!problems.has(database) && !problems.has(replica))
    attempt(() => checkReplica(given[replica], valueNamed(database)), note);
  return {
    settings: settings.map(({ setting, value, source }) => {
      const problem = problems.get(setting) ?? null;
      const shown = setting.endsWith('_URL') && value !== null && problem === null ? withoutPasswords(value) : value;
      return { setting, value: problem === null ? shown : null, source, problem };
    }),
    unknownVariables: unknownVariables(given),
  };
}

/** Returns the local environment's URLs, which are used if no URL is set. */
function localSource(directory: string): Source[] {
  const local = readLocalUrls(directory);
  if (local === null) return [];
  const values = { SHOP_DATABASE_URL: local.databaseUrl, SHOP_REDIS_URL: local.redisUrl };
  return [{ name: localUrlsFile(directory), values }];
}

/** Returns the result of `read`. If `read` throws a ShopError, passes the error to `note` and returns undefined. */
function attempt<T>(read: () => T, note: (error: ShopError) => void): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ShopError)) throw error;
    note(error);
    return undefined;
  }
}
