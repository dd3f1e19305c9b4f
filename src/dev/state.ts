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
  /** What was started and not stopped; it may have ended by itself since. */
  running: z.nullable(RUNNING),
  /** On 127.0.0.1; kept when the service is stopped, so that it comes back where it was. */
  port: z.nullable(z.int()),
  version: z.nullable(z.string()),
});

const STATE = z.object({
  /** The folder that this was written for, to notice a copied or moved one. */
  directory: z.string(),
  /** Where the servers came from when `up` last succeeded. */
  source: z.nullable(z.enum(['urls', 'docker', 'programs'])),
  /** Where the local servers' data is; stays when URLs are given in between. */
  dataSource: z.nullable(z.enum(['docker', 'programs'])),
  secrets: z.object({ root: z.string(), shop: z.string(), redis: z.string() }),
  /** Absolute paths of the programs that the data was made with. */
  programs: z.object({ mysqld: z.nullable(z.string()), redisServer: z.nullable(z.string()) }),
  /** True once MySQL has come up on its Docker volume; before, the volume may be half made. */
  volumeReady: z.boolean(),
  services: z.object({
    mysql: SERVICE,
    redis: SERVICE,
    worker: z.extend(SERVICE, {
      /** Fingerprint of what the worker works on: it is started again where that changes. */
      target: z.nullable(z.string()),
    }),
  }),
});

/** A service that was started: a process of this machine, or a container. */
export type Running = z.infer<typeof RUNNING>;
/** What the local environment remembers between two commands. */
export type EnvironmentState = z.infer<typeof STATE>;
export type Secrets = EnvironmentState['secrets'];

/**
 * The remembered state of a folder, or null where nothing was started in it yet.
 *
 * @throws ShopError `CONFIG` if it can't be read, or another user wrote it, who could name any process to be stopped.
 */
export async function readState(folder: Folder): Promise<EnvironmentState | null> {
  const file = readSettingsFile(folder.state);
  if (file === null) return null;
  if (file.isForeign) {
    const message = phrase`The local environment in ${folder.root} belongs to another user.`;
    const hint = phrase(
      'Run the command as that user, or use a folder of your own: `SHOP_DEV_DIR="$HOME/.shop" shop dev up`.',
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
        message: phrase`${folder.state} can't be read as the state of the local environment.`,
        hint: phrase`Stop its servers by hand, remove ${folder.root} and run \`shop dev up\`.`,
        cause,
      },
    );
  }
  return (await isCopy(state, folder)) ? withoutRunning(state) : state;
}

export async function writeState(folder: Folder, state: EnvironmentState): Promise<void> {
  state.directory = await realpath(folder.root);
  await writePrivateFile(folder.state, `${JSON.stringify(state, null, 2)}\n`);
}

/** A state with new passwords and nothing started. */
export function newState(folder: Folder): EnvironmentState {
  return {
    directory: folder.root,
    source: null,
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

/** A checkout that was copied has the state of the original, whose servers are not ours to stop. */
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
