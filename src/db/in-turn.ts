import { expectRows, type Session, type SqlValue } from './connection.ts';

/** A writing statement, and what it must have done. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
  /** The table whose rows it writes, and how many; null where the server does not count them one by one. */
  readonly table: string;
  readonly rows: number | null;
}

/**
 * Sends statements one after another, each after the one before has succeeded. The next is made, and its text with its
 * values, while the server carries out the one before: with a thousand rows that takes much of the time that they take
 * there.
 *
 * @throws DatabaseError; Error where one has written another number of rows than it was to.
 */
export async function executeInTurn(session: Session, statements: Iterable<Statement>): Promise<void> {
  let sent: Promise<void> = Promise.resolve();
  try {
    for (const { sql, values, table, rows } of statements) {
      const text = session.format(sql, values);
      await sent;
      sent = session.execute(text).then((written) => {
        if (rows !== null) expectRows(table, written, rows);
      });
    }
  } finally {
    await sent;
  }
}
