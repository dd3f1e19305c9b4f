import type { Session, SqlValue } from './connection.ts';

/** A statement that writes. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
  /** Number of rows that the statement must write; null if the server itself reports a failure, as for an INSERT. */
  readonly rows: number | null;
}

/** Maximum length of a packet in characters. A longer statement is sent alone. */
const PACKET_LENGTH = 200_000;

/**
 * Sends statements, in order, in as few packets as their length allows. The server stops at the first statement that fails.
 *
 * The next packet is formatted while the server runs the previous one, because formatting a thousand rows takes nearly as long
 * as writing them.
 *
 * @throws DatabaseError. Its `errno` is 1690 if a statement did not write the expected number of rows.
 */
export async function sendStatements(session: Session, statements: Iterable<Statement>): Promise<void> {
  let sent: Promise<unknown> = Promise.resolve();
  let packet: string[] = [];
  let length = 0;
  try {
    for (const { sql, values, rows } of statements) {
      const text = session.format(sql, values);
      if (length > 0 && length + text.length > PACKET_LENGTH) {
        await sent;
        sent = session.queryAll(packet);
        [packet, length] = [[], 0];
      }
      packet.push(text);
      if (rows !== null) packet.push(requireRows(rows));
      length += text.length;
    }
    await sent;
    sent = session.queryAll(packet);
  } finally {
    await sent;
  }
}

/**
 * Returns a statement that fails if the previous statement did not write `rows` rows. The rows were locked before, so a
 * different number is a bug, and the COMMIT that follows must not run. The statement fails because EXP(1000) is out of range. It is
 * a SET, because MariaDB raises no error in DO.
 */
function requireRows(rows: number): string {
  return `SET @other_number_of_rows = EXP(1000 * (ROW_COUNT() <> ${rows}))`;
}
