import { type Phrase, phrase } from '../domain/phrase.ts';
import { makePrivateFolder } from './files.ts';
import { type Folder, folderOf } from './folder.ts';
import { withLock } from './lock.ts';
import { type EnvironmentState, newState, readState, writeState } from './state.ts';

export interface OperationOptions {
  /** Receives each message. */
  readonly say: (line: Phrase) => void;
  /** Ends the operation and stops the services that it has started. */
  readonly signal?: AbortSignal | undefined;
}

/** A change to the local environment, under the folder's lock. */
export interface Operation extends OperationOptions {
  readonly folder: Folder;
  /** State of the environment. Call `save` after each change. */
  readonly state: EnvironmentState;
  /** Writes the state to its file. Call it immediately after each start, so that every running service is recorded. */
  readonly save: () => Promise<void>;
  /** Adds a step that runs if the operation fails. The step that was added last runs first. */
  readonly onFailure: (undo: () => Promise<void>) => void;
}

/**
 * Runs `work` under the folder's lock. If it throws, the steps added with `onFailure` run, and then the error is thrown
 * again.
 */
export async function runOperation<T>(
  directory: string,
  options: OperationOptions,
  work: (operation: Operation) => Promise<T>,
): Promise<T> {
  const folder = folderOf(directory);
  await makePrivateFolder(folder.root);
  return withLock(folder.lock, options, async () => {
    const state = (await readState(folder)) ?? newState(folder);
    const undos: (() => Promise<void>)[] = [];
    try {
      return await work({
        ...options,
        folder,
        state,
        save: () => writeState(folder, state),
        onFailure: (undo) => undos.unshift(undo),
      });
    } catch (error) {
      for (const undo of undos) {
        // the original error is reported; `dev status` shows the services that are still running
        await undo().catch(() =>
          options.say(phrase('some started services could not be stopped; see `shop dev status`')),
        );
      }
      throw error;
    }
  });
}
