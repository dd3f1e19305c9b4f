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

/** What the servers are to be made of. */
export interface ServerPreferences {
  /** The way to take; `auto` for the first there is, or the one that has the data. */
  readonly servers: ServerSource;
  /** Path of a `mysqld` or `mariadbd`, which decides for the programs of this machine. */
  readonly mysqld: string | null;
  /** Path of a `redis-server` or `valkey-server`, which decides likewise. */
  readonly redisServer: string | null;
  /** Further arguments for the database server. */
  readonly mysqldArguments: readonly string[];
}

type Way = Exclude<ServerSource, 'auto'>;

/**
 * Chooses where servers come from: Docker, programs of this machine, packages of the system, in this order, unless
 * one is wished for or the folder has data from one of them already.
 *
 * @throws ShopError `CONFIG` naming all ways where there is none
 */
export async function chooseHost(operation: Operation, preferences: ServerPreferences): Promise<Host> {
  const ways = waysOf(operation, preferences);
  const reasons: Phrase[] = [];
  for (const way of ways) {
    const found = await tryWay[way](operation, preferences);
    if ('kind' in found) return found;
    reasons.push(found.reason);
    // a way that is not there is no news; one that is there and can't be used is
    if (found.worthSaying && ways.length > 1) operation.say(found.reason);
  }
  throw noWay(operation, ways, reasons);
}

/** Which kind of host is asked for in so many words, or null where any will do. */
export function preferredKind({
  servers,
  mysqld,
  redisServer,
}: Omit<ServerPreferences, 'mysqldArguments'>): Host['kind'] | null {
  if (servers === 'docker') return 'docker';
  return servers !== 'auto' || mysqld !== null || redisServer !== null ? 'programs' : null;
}

function waysOf({ state }: Operation, preferences: ServerPreferences): Way[] {
  if (preferences.servers !== 'auto') return [preferences.servers];
  // another way would come up without the data
  const kind = preferredKind(preferences) ?? state.dataSource;
  if (kind === 'docker') return ['docker'];
  return kind === 'programs' ? ['programs', 'packages'] : ['docker', 'programs', 'packages'];
}

interface NotThere {
  readonly reason: Phrase;
  readonly worthSaying: boolean;
}

const tryWay: Readonly<
  Record<Way, (operation: Operation, preferences: ServerPreferences) => Promise<Host | NotThere>>
> = {
  docker: async ({ folder, state, say, signal }, { mysqldArguments }) => {
    if ((await engineVersion(signal)) === null)
      return { reason: phrase('no Docker engine answers'), worthSaying: false };
    for (const image of Object.values(IMAGES)) {
      const problem = await ensureImage(image, say, signal);
      if (problem !== null) return { reason: phrase`Docker can't pull ${image}: ${problem}`, worthSaying: true };
    }
    return dockerHost({ folder, secrets: state.secrets, volumeReady: state.volumeReady, mysqldArguments });
  },
  programs: async (operation, preferences) =>
    (await findHost(operation, preferences)) ?? {
      reason: phrase('no mysqld or mariadbd with redis-server or valkey-server is on this machine'),
      worthSaying: false,
    },
  packages: async (operation, preferences) => {
    if (!(await canInstallPackages())) {
      return { reason: phrase('packages can be installed on Debian and Ubuntu as root only'), worthSaying: false };
    }
    await installPackages(operation.say, operation.signal);
    return (
      (await findHost(operation, preferences)) ?? {
        reason: phrase('the packages of the system are too old'),
        worthSaying: true,
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

function noWay({ state, folder }: Operation, ways: readonly Way[], reasons: readonly Phrase[]): ShopError {
  const hint = phrase(
    'Set SHOP_DATABASE_URL and SHOP_REDIS_URL, start Docker, install MySQL and Redis (or MariaDB, Valkey), or run as root on Debian or Ubuntu.',
  );
  if (ways.length === 1 && state.dataSource === 'docker') {
    return new ShopError(
      'UNAVAILABLE',
      { server: 'Docker', reason: reasons[0] },
      {
        message: phrase`The servers of ${folder.root} are in Docker: ${reasons[0]}.`,
        hint: phrase`Start Docker; to go on without that data, remove ${folder.root} and run \`shop dev up\`.`,
      },
    );
  }
  const message = phrase`There is no MySQL and Redis to use: SHOP_DATABASE_URL and SHOP_REDIS_URL are not set, ${joined(reasons, ', ')}.`;
  return new ShopError('CONFIG', { setting: 'SHOP_DEV_SERVERS', reasons }, { message, hint });
}
