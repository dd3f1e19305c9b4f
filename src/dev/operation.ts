import { type Phrase, phrase } from '../domain/phrase.ts';
import { makePrivateFolder } from './files.ts';
import { type Folder, folderOf } from './folder.ts';
import { withLock } from './lock.ts';
import { type EnvironmentState, newState, readState, writeState } from './state.ts';

export interface OperationOptions {
  /** Takes each message. */
  readonly say: (line: Phrase) => void;
  /** Ends waiting and undoes what was started. */
  readonly signal?: AbortSignal | undefined;
}

/** What changes the local environment, alone in its folder. */
export interface Operation extends OperationOptions {
  readonly folder: Folder;
  /** Changed in place; whoever changes it saves it. */
  readonly state: EnvironmentState;
  /** Writes the state down, at once after each start, so that nothing is ever running that nobody knows of. */
  readonly save: () => Promise<void>;
  /** Adds what is to be done, latest first, where the run fails. */
  readonly onFailure: (undo: () => Promise<void>) => void;
}

/** Runs `work` alone in the folder; where it throws, undoes what it did and throws the same. */
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
        // the first error tells what went wrong; what can't be undone shows in `dev status`
        await undo().catch(() =>
          options.say(phrase('not everything that was started could be stopped; see `shop dev status`')),
        );
      }
      throw error;
    }
  });
}
