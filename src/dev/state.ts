import { randomBytes } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import * as z from 'zod/mini';
import { readSettingsFile } from '../config/settings-file.ts';
import { readSmallFile } from '../config/small-file.ts';
import { ShopError } from '../domain/errors.ts';
import { phrase } from '../domain/phrase.ts';
import { writePrivateFile } from './files.ts';
import { type Folder, folderOf } from './folder.ts';

const RUNNING = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('process'), pid: z.int(), identity: z.string() }),
  z.object({ kind: z.literal('container'), name: z.string() }),
]);

const SERVICE = z.object({
  /** The process or container that was started and not stopped. It may have crashed since. */
  running: z.nullable(RUNNING),
  /** Port on 127.0.0.1. It is kept while the service is stopped, for the next start. */
  port: z.nullable(z.int()),
  version: z.nullable(z.string()),
});

const STATE = z.object({
  /** The folder of this state, to detect that the folder was copied or moved. */
  directory: z.string(),
  /** Source of the servers and of their data; null before the first start. Only `reset` allows another source. */
  dataSource: z.nullable(z.enum(['docker', 'programs'])),
  secrets: z.object({ root: z.string(), shop: z.string(), redis: z.string() }),
  /** Absolute paths of the programs that were used last; null before the first start, and for servers in Docker. */
  programs: z.object({ mysqld: z.nullable(z.string()), redisServer: z.nullable(z.string()) }),
  /** True once MySQL has started on its Docker volume. Before that, the volume may be incomplete. */
  volumeReady: z.boolean(),
  services: z.object({
    mysql: SERVICE,
    redis: SERVICE,
    worker: z.extend(SERVICE, {
      /** Fingerprint of the worker's servers and program. A change restarts the worker. */
      target: z.nullable(z.string()),
    }),
  }),
});

/** A started service: a process on this machine, or a container. */
export type Running = z.infer<typeof RUNNING>;
/** Saved state of the local environment. */
export type EnvironmentState = z.infer<typeof STATE>;
export type Secrets = EnvironmentState['secrets'];

/**
 * Reads the saved state of a folder. Returns null if nothing has been started in it. In a copy of a folder, no service
 * counts as running.
 *
 * @throws ShopError `CONFIG` if the state can't be read, or belongs to another user. That user could otherwise make
 * this user stop any process.
 */
export async function readState(folder: Folder): Promise<EnvironmentState | null> {
  const file = readSettingsFile(folder.state);
  if (file === null) return null;
  if (file.isForeign) {
    const message = phrase`The local environment in ${folder.root} belongs to another user.`;
    const hint = phrase(
      'Run the command as that user, or use a folder of your own: `export SHOP_DEV_DIR="$HOME/.shop"; shop dev up`.',
    );
    throw new ShopError('CONFIG', { setting: folder.state }, { message, hint });
  }
  let state: EnvironmentState;
  try {
    state = STATE.parse(JSON.parse(file.text));
  } catch (cause) {
    throw new ShopError(
      'CONFIG',
      { setting: folder.state },
      {
        message: phrase`${folder.state} is not a valid state file of the local environment.`,
        hint: phrase`Stop the servers by hand, remove ${folder.root} with all local data, and run \`shop dev up\`.`,
        cause,
      },
    );
  }
  return (await isCopy(state, folder)) ? withoutRunning(state) : state;
}

/** Saves the state of a folder. */
export async function writeState(folder: Folder, state: EnvironmentState): Promise<void> {
  state.directory = await realpath(folder.root);
  await writePrivateFile(folder.state, `${JSON.stringify(state, null, 2)}\n`);
}

/** Returns a state with new passwords and no started services. */
export function newState(folder: Folder): EnvironmentState {
  return {
    directory: folder.root,
    dataSource: null,
    secrets: { root: password(), shop: password(), redis: password() },
    programs: { mysqld: null, redisServer: null },
    volumeReady: false,
    services: {
      mysql: { running: null, port: null, version: null },
      redis: { running: null, port: null, version: null },
      worker: { running: null, port: null, version: null, target: null },
    },
  };
}

/** Checks whether the folder was copied together with its state. A copy must not stop the servers of the original. */
async function isCopy(state: EnvironmentState, folder: Folder): Promise<boolean> {
  if (state.directory === (await realpath(folder.root))) return false;
  const original = readSmallFile(folderOf(state.directory).state);
  return !('missing' in original && original.missing);
}

function withoutRunning(state: EnvironmentState): EnvironmentState {
  const { mysql, redis, worker } = state.services;
  return {
    ...state,
    services: {
      mysql: { ...mysql, running: null },
      redis: { ...redis, running: null },
      worker: { ...worker, running: null },
    },
  };
}

function password(): string {
  return randomBytes(24).toString('hex');
}
