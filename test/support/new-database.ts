import type { Connection } from 'mysql2/promise';

/** Creates an empty database with the character set that commands expect, and selects it. */
export async function createDatabase(root: Connection, database: string): Promise<void> {
  await root.query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  await root.query(`USE ${database}`);
}

/** Replaces the database in a URL. A URL with several hosts is not valid for `URL`. */
export function withDatabase(rootUrl: string, database: string): string {
  return rootUrl.replace(/^(\w+:\/\/[^/?#]+)[^?#]*/, `$1/${database}`);
}
