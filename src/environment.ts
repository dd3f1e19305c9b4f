import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';

/** Variables of this process over those of the `.env` file in the working directory. */
export function withDotEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const text = readIfThere(resolve('.env'));
  return { ...(text === null ? {} : withoutEmpty(parseEnv(text))), ...withoutEmpty(env) };
}

/** An empty variable counts as none, as in `SHOP_PREFIX= shop ...`. */
function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
}

/** The text of a file, or null where it is not there. */
export function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw error;
  }
}
