import type { ServerSource } from '../config/settings.ts';
import { ShopError } from '../domain/errors.ts';
import { joined, type Phrase, phrase } from '../domain/phrase.ts';
import { engineVersion, ensureImage } from './docker.ts';
import { dockerHost, IMAGES } from './docker-host.ts';
import type { Host, ProgramHost } from './host.ts';
import type { Operation } from './operation.ts';
import { canInstallPackages, installPackages } from './packages.ts';
import { programHost } from './program-host.ts';
import { findProgram } from './programs.ts';

/** Preferences for the source of the servers. */
export interface ServerPreferences {
  /**
   * Source of the servers; `auto` selects the one that has the data, or, if there is no data, the first available one.
   */
  readonly servers: ServerSource;
  /** Path of a `mysqld` or `mariadbd` to use; null to search for one. If it is set, `auto` does not select Docker. */
  readonly mysqld: string | null;
  /** Path of a `redis-server` or `valkey-server` to use; null to search for one. If it is set, `auto` does not select Docker. */
  readonly redisServer: string | null;
  /** Further arguments for the database server. */
  readonly mysqldArguments: readonly string[];
}

type Source = Exclude<ServerSource, 'auto'>;

/**
 * Chooses the source of the servers: the preferred one, or the one that already has the folder's data. Otherwise it is
 * the first available one of Docker, the programs on this machine, and the system's packages.
 *
 * @throws ShopError `CONFIG` with the reason for each source if none is available; `UNAVAILABLE` if the data is in Docker volumes and
 * Docker can't be used
 */
export async function chooseHost(operation: Operation, preferences: ServerPreferences): Promise<Host> {
  const sources = sourcesOf(operation, preferences);
  const reasons: Phrase[] = [];
  for (const source of sources) {
    const found = await trySource[source](operation, preferences);
    if ('kind' in found) return found;
    reasons.push(found.reason);
    // a missing source is expected; a source that exists but can't be used is reported
    if (found.unexpected && sources.length > 1) operation.say(found.reason);
  }
  throw noSource(operation, sources, reasons);
}

/**
 * Checks that the preferences allow the source that has the folder's data, because another one would start without the data.
 *
 * @throws ShopError `CONFIG`
 */
export function refuseOtherSource({ state, folder }: Operation, preferences: ServerPreferences): void {
  const { dataSource } = state;
  const kind = preferredKind(preferences);
  if (dataSource === null || kind === null || kind === dataSource) return;
  const { servers, mysqld } = preferences;
  const setting = servers !== 'auto' ? 'SHOP_DEV_SERVERS' : mysqld !== null ? 'SHOP_MYSQLD' : 'SHOP_REDIS_SERVER';
  throw new ShopError(
    'CONFIG',
    { setting, directory: folder.root, source: dataSource },
    {
      message: phrase`The local environment in ${folder.root} keeps its data in ${IN_SOURCE[dataSource]}, but with ${setting}, the servers would come from another source and lack this data.`,
      hint: phrase`Unset ${setting}, use another folder with \`export SHOP_DEV_DIR="$HOME/.shop"; shop dev up\`, or delete the data with \`shop dev reset\`.`,
    },
  );
}

/** The place in which each source stores its data, as a part of messages. */
const IN_SOURCE: Readonly<Record<Host['kind'], Phrase>> = {
  docker: phrase('Docker volumes'),
  programs: phrase('files of the servers on this machine'),
};

/** Returns the kind of host that the preferences require, or null for any. */
export function preferredKind({
  servers,
  mysqld,
  redisServer,
}: Omit<ServerPreferences, 'mysqldArguments'>): Host['kind'] | null {
  if (servers === 'docker') return 'docker';
  return servers !== 'auto' || mysqld !== null || redisServer !== null ? 'programs' : null;
}

function sourcesOf({ state }: Operation, preferences: ServerPreferences): Source[] {
  if (preferences.servers !== 'auto') return [preferences.servers];
  const kind = preferredKind(preferences) ?? state.dataSource;
  if (kind === 'docker') return ['docker'];
  return kind === 'programs' ? ['programs', 'packages'] : ['docker', 'programs', 'packages'];
}

interface SourceUnavailable {
  readonly reason: Phrase;
  /** True if the source exists, but can't be used. */
  readonly unexpected: boolean;
}

const trySource: Readonly<
  Record<Source, (operation: Operation, preferences: ServerPreferences) => Promise<Host | SourceUnavailable>>
> = {
  docker: async ({ folder, state, say, signal }, { mysqldArguments }) => {
    if ((await engineVersion(signal)) === null)
      return { reason: phrase('no Docker engine responds'), unexpected: false };
    for (const image of Object.values(IMAGES)) {
      const problem = await ensureImage(image, say, signal);
      if (problem !== null) return { reason: phrase`Docker can't pull ${image}: ${problem}`, unexpected: true };
    }
    return dockerHost({ folder, secrets: state.secrets, volumeReady: state.volumeReady, mysqldArguments });
  },
  programs: async (operation, preferences) =>
    (await findHost(operation, preferences)) ?? {
      reason: phrase(
        'this machine does not have both a MySQL server (mysqld or mariadbd) and a Redis server (redis-server or valkey-server) of a supported version',
      ),
      unexpected: false,
    },
  packages: async (operation, preferences) => {
    if (!(await canInstallPackages())) {
      return { reason: phrase('packages can be installed only by root on Debian or Ubuntu'), unexpected: false };
    }
    await installPackages(operation.say, operation.signal);
    return (
      (await findHost(operation, preferences)) ?? {
        reason: phrase("the system's packages are too old"),
        unexpected: true,
      }
    );
  },
};

async function findHost(
  { folder, state, say, signal }: Operation,
  preferences: ServerPreferences,
): Promise<ProgramHost | null> {
  const mysql = await findProgram('mysql', { given: preferences.mysqld, remembered: state.programs.mysqld });
  const redis = await findProgram('redis', { given: preferences.redisServer, remembered: state.programs.redisServer });
  if (mysql === null || redis === null) return null;
  const { mysqldArguments } = preferences;
  return programHost({ mysql, redis }, { folder, secrets: state.secrets, mysqldArguments, say, signal });
}

function noSource({ state, folder }: Operation, sources: readonly Source[], reasons: readonly Phrase[]): ShopError {
  const hint = phrase(
    'Set SHOP_DATABASE_URL and SHOP_REDIS_URL, start Docker, install MySQL and Redis (or MariaDB, Valkey), or run as root on Debian or Ubuntu.',
  );
  if (sources.length === 1 && state.dataSource === 'docker') {
    return new ShopError(
      'UNAVAILABLE',
      { server: 'Docker', reason: reasons[0] },
      {
        message: phrase`The servers of the local environment in ${folder.root} run in Docker, but ${reasons[0]}.`,
        hint: phrase('Start Docker, or use another folder with `export SHOP_DEV_DIR="$HOME/.shop"; shop dev up`.'),
      },
    );
  }
  const message = phrase`No source of MySQL and Redis is available: SHOP_DATABASE_URL and SHOP_REDIS_URL are not set, ${joined(reasons, ', ')}.`;
  return new ShopError('CONFIG', { setting: 'SHOP_DEV_SERVERS', reasons }, { message, hint });
}
