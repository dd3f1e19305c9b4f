import type { Connection } from 'mysql2/promise';

/** Makes an empty database, as commands expect theirs to be, and goes on in it. */
export async function createDatabase(root: Connection, database: string): Promise<void> {
  await root.query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  await root.query(`USE ${database}`);
}

/** The same servers and account with another database; of several hosts it is no URL to the standard. */
export function withDatabase(rootUrl: string, database: string): string {
  return rootUrl.replace(/^(\w+:\/\/[^/?#]+)[^?#]*/, `$1/${database}`);
}
