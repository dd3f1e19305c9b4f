import { setTimeout as delay } from 'node:timers/promises';
import { loadConfig } from '../../config.ts';
import { ShopError } from '../../domain/errors.ts';
import { type Found, type FoundKind, findByPrefix } from '../../domain/prefix-search.ts';
import { isDatabaseError } from '../../domain/store.ts';
import { grouped } from '../words.ts';
import type { Candidate } from './place.ts';

/** Whoever has pressed a key waits. */
const LIMIT_MS = 1_000;

/** What the database has that begins with what was typed; nothing where it can't be had at once. */
export async function fromDatabase(kind: FoundKind, typed: string): Promise<readonly Candidate[]> {
  try {
    return await Promise.race([search(kind, typed), delay(LIMIT_MS, [], { ref: false })]);
  } catch (error) {
    // the command itself will tell
    if (error instanceof ShopError || isDatabaseError(error)) return [];
    throw error;
  }
}

async function search<Kind extends FoundKind>(kind: Kind, typed: string): Promise<readonly Candidate[]> {
  const { databaseUrl } = loadConfig();
  if (databaseUrl === null) return [];
  const found = await findByPrefix(databaseUrl, kind, typed, LIMIT_MS);
  return found.map((row) => ({ word: wordOf(row, typed), about: ABOUT[kind](row) }));
}

function wordOf({ id, code }: Found[FoundKind], typed: string): string {
  if (typed.startsWith('@')) return `@${code}`;
  return code === null || String(id).startsWith(typed) ? String(id) : code;
}

const ABOUT: { readonly [Kind in FoundKind]: (row: Found[Kind]) => string } = {
  user: ({ code, name }) => withReference(name, code),
  product: ({ code, name, stock }) => `${withReference(name, code)}, ${grouped(stock)} in stock`,
  order: ({ status, total, user }) => `${status}, ${grouped(total)}, ${user}`,
  batch: ({ code, createdAt }) => `${code}, ${createdAt.toISOString().slice(0, 10)}`,
  request: ({ code, kind, status }) => `${kind}, ${status ?? 'pending'}, ${code}`,
};

function withReference(name: string, reference: string | null): string {
  return reference === null ? name : `${name} (@${reference})`;
}
