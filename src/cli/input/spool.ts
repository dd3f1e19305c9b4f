import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ShopError } from '../../domain/errors.ts';
import { phrase } from '../../domain/phrase.ts';

/** Copies a stream to a temporary file without a name, so that it can be read at any position. */
export async function spool(
  source: NodeJS.ReadableStream,
  transform: NodeJS.ReadWriteStream | null,
  signal: AbortSignal,
): Promise<FileHandle> {
  const handle = await openUnnamed();
  const store = async (chunks: AsyncIterable<string | Buffer>) => {
    for await (const chunk of chunks) await handle.appendFile(chunk).catch(refuseSpooling);
  };
  try {
    if (transform === null) await pipeline(source, store, { signal });
    else await pipeline(source, transform, store, { signal });
    return handle;
  } catch (error) {
    await handle.close();
    signal.throwIfAborted();
    throw error;
  }
}

/** Creates a temporary file without a name, which is deleted when the process ends. */
async function openUnnamed(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'shop-')).catch(refuseSpooling);
  try {
    return await open(join(folder, 'rows'), 'wx+', 0o600).catch(refuseSpooling);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function refuseSpooling(error: unknown): never {
  const code = codeOf(error);
  if (code === null) throw error;
  throw new ShopError(
    'INVALID_INPUT',
    {
      field: 'file',
      reason: phrase`can't be read, because its temporary copy can't be written to ${tmpdir()} (${code})`,
    },
    { hint: phrase('Set TMPDIR to a writable folder with enough space, or use a regular file.'), cause: error },
  );
}

/** Returns the code of a system error, or null for any other error. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
