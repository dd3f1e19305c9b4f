import { randomBytes } from 'node:crypto';
import { link, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod/mini';
import { ShopError } from '../domain/errors.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';
import { hasCode, readIfThere } from './files.ts';
import { isAlive, ownProcess } from './process.ts';

/** Maximum wait for the lock, long enough for another command to install packages or pull images. */
const WAIT_MS = 10 * 60_000;
const POLL_MS = 100;

const HOLDER = z.object({ pid: z.int(), identity: z.string(), token: z.string() });

/**
 * Runs `work` under a lock file, which excludes other processes and other calls in this process. The lock of a dead process
 * is taken over.
 *
 * @throws ShopError `LOCKED` if the lock is not free within ten minutes
 */
export async function withLock<T>(
  file: string,
  options: { say: (line: Phrase) => void; signal?: AbortSignal | undefined },
  work: () => Promise<T>,
): Promise<T> {
  const own = JSON.stringify({ ...(await ownProcess()), token: randomBytes(8).toString('hex') });
  await acquire(file, own, options);
  try {
    return await work();
  } finally {
    // another command may have taken over the lock if it considered this process dead
    if ((await readIfThere(file)) === own) await rm(file, { force: true });
  }
}

async function acquire(
  file: string,
  own: string,
  { say, signal }: { say: (line: Phrase) => void; signal?: AbortSignal | undefined },
): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  let reported = false;
  while (!(await tryAcquire(file, own))) {
    signal?.throwIfAborted();
    const holder = await readIfThere(file);
    if (holder === null) continue;
    if (!(await holderLives(holder))) {
      await breakLock(file, holder);
      continue;
    }
    if (Date.now() > deadline) throw new ShopError('LOCKED', { what: phrase('the local environment') });
    if (!reported) say(phrase('waiting until another `shop dev` command has ended'));
    reported = true;
    await wait(POLL_MS);
  }
}

/**
 * Tries to create the lock file, as a link to a file that is already written. So the lock file appears with its whole content at
 * once, and an existing lock file is never replaced.
 */
async function tryAcquire(file: string, own: string): Promise<boolean> {
  const candidate = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(candidate, own, { flag: 'wx', mode: 0o600 });
  try {
    await link(candidate, file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(candidate, { force: true });
  }
}

async function holderLives(holder: string): Promise<boolean> {
  try {
    return await isAlive(HOLDER.parse(JSON.parse(holder)));
  } catch {
    // the file is not a lock of this program
    return false;
  }
}

/** Removes the lock of a dead process. If another process has meanwhile replaced it, the new lock is put back. */
async function breakLock(file: string, dead: string): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if ((await readIfThere(aside)) !== dead) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}
