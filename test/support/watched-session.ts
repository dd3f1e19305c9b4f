import type { Session } from '../../src/db/mysql/connection.ts';
import { databaseError } from '../../src/db/mysql/errors.ts';

/** The same session, with something done before or after a packet of statements is sent. */
export function watched(session: Session, watch: <T>(sql: string, send: () => Promise<T>) => Promise<T>): Session {
  return {
    query: <Row>(sql: string, values?: Parameters<Session['query']>[1]) =>
      watch(sql, () => session.query<Row>(sql, values)),
    execute: (sql, values) => watch(sql, () => session.execute(sql, values)),
    queryAll: (statements) =>
      watch(statements.filter((sql) => sql !== null).join(';\n'), () => session.queryAll(statements)),
    url: session.url,
    chosen: session.chosen,
    packetBytes: session.packetBytes,
    idleSeconds: session.idleSeconds,
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

/** The same session; `lost` gets the packets that lost against another session. */
export function noting(session: Session, lost: string[]): Session {
  return watched(session, async (sql, send) => {
    try {
      return await send();
    } catch (error) {
      if (databaseError(error).kind === 'conflict') lost.push(sql);
      throw error;
    }
  });
}
