import type { Session } from '../../src/db/mysql/connection.ts';
import { databaseError } from '../../src/db/mysql/errors.ts';

/**
 * Wraps a session so that it calls `intercept` for each packet of statements, with a function that sends the packet.
 */
export function interceptStatements(
  session: Session,
  intercept: <T>(sql: string, send: () => Promise<T>) => Promise<T>,
): Session {
  return {
    query: <Row>(sql: string, values?: Parameters<Session['query']>[1]) =>
      intercept(sql, () => session.query<Row>(sql, values)),
    execute: (sql, values) => intercept(sql, () => session.execute(sql, values)),
    queryAll: (statements) =>
      intercept(statements.filter((sql) => sql !== null).join(';\n'), () => session.queryAll(statements)),
    url: session.url,
    chosen: session.chosen,
    packetBytes: session.packetBytes,
    idleSeconds: session.idleSeconds,
    limitStatements: (ms) => session.limitStatements(ms),
    format: (sql, values) => session.format(sql, values),
    close: () => session.close(),
    destroy: () => session.destroy(),
    get broken() {
      return session.broken;
    },
    get answeredAt() {
      return session.answeredAt;
    },
  };
}

/** Wraps a session. Each packet that loses a conflict with another session is added to `lost`. */
export function recordConflicts(session: Session, lost: string[]): Session {
  return interceptStatements(session, async (sql, send) => {
    try {
      return await send();
    } catch (error) {
      if (databaseError(error).kind === 'conflict') lost.push(sql);
      throw error;
    }
  });
}
