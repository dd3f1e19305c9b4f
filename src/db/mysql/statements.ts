import type { Session, SqlValue } from './connection.ts';

/** A writing statement, and how many rows it must write. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
  /** Rows that it must find; null where the server reports an error by itself, as an INSERT does. */
  readonly rows: number | null;
}

/** Characters of a packet from which on it is sent, and the next one begun. */
const PACKET_LENGTH = 200_000;

/**
 * Sends statements, in order, in as few packets as their length allows. The server stops at the first that fails.
 *
 * The text of the next packet is made while the server carries out the one before: for a thousand rows, making it takes
 * much of the time that the server needs.
 *
 * @throws DatabaseError; with number 1690 where a statement found another number of rows than it must.
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
 * A statement that fails where the one before it has found another number of rows: the rows were locked before, so that
 * this is a bug, and the COMMIT behind it in the packet must not be reached. MariaDB raises the error in SET only, not in DO.
 */
function requireRows(rows: number): string {
  return `SET @other_number_of_rows = EXP(1000 * (ROW_COUNT() <> ${rows}))`;
}
