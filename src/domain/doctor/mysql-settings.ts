import { type Session, SMALLEST_PACKET } from '../../db/mysql/connection.ts';
import { type Phrase, phrase } from '../phrase.ts';
import { type Fault, type Finding, faultsOf, type Seen, UNKNOWN } from './check.ts';

/** Settings of a server by name. Settings that the server lacks or does not show are absent. */
export type Variables = ReadonlyMap<string, string>;

const DURABILITY = ['innodb_flush_log_at_trx_commit', 'innodb_doublewrite', 'log_bin', 'sync_binlog'] as const;
/** Names of the setting for the isolation level. MariaDB before 11.1 has only `tx_isolation`. */
const ISOLATION = ['transaction_isolation', 'tx_isolation'] as const;

/** Reads the settings that decide whether commits are durable. @throws DatabaseError */
export async function readDurability(session: Session): Promise<Variables> {
  return readVariables(session, 'GLOBAL', DURABILITY);
}

/** Reads the settings of a session. The program gives all its sessions the same settings. @throws DatabaseError */
export async function readSessionSettings(session: Session): Promise<Variables> {
  return readVariables(session, 'SESSION', [...ISOLATION, 'sql_mode', 'time_zone', 'max_allowed_packet']);
}

/** Reads variables of the server or of the session. @throws DatabaseError */
export async function readVariables(
  session: Session,
  scope: 'GLOBAL' | 'SESSION',
  names: readonly string[],
): Promise<Variables> {
  const rows = await session.query<{ Variable_name: string; Value: string }>(
    `SHOW ${scope} VARIABLES WHERE Variable_name IN (?)`,
    [names],
  );
  return new Map(rows.map((row) => [row.Variable_name, row.Value]));
}

/** Checks whether commits survive a crash of the server and of its machine. */
export function checkDurability(variables: Variables): Finding {
  const value = (name: (typeof DURABILITY)[number]) => variables.get(name) ?? UNKNOWN;
  const [flush, doublewrite] = [value('innodb_flush_log_at_trx_commit'), value('innodb_doublewrite')];
  const [logBin, syncBinlog] = [value('log_bin'), value('sync_binlog')];
  // without a binary log there is nothing to sync
  const binlog: Seen = logBin === 'OFF' ? {} : { sync_binlog: numeric(syncBinlog) };
  return {
    seen: {
      innodb_flush_log_at_trx_commit: numeric(flush),
      innodb_doublewrite: doublewrite,
      log_bin: logBin,
      ...binlog,
    },
    faults: faultsOf(
      // MariaDB also has the value 3, which is as safe as 1 but slower
      ['1', '3', UNKNOWN].includes(flush)
        ? null
        : unsafe(
            'innodb_flush_log_at_trx_commit',
            flush,
            '1',
            phrase('a crash may lose the commits of the last second'),
          ),
      // DETECT_ONLY finds torn pages but can't repair them
      ['OFF', 'DETECT_ONLY'].includes(doublewrite)
        ? unsafe('innodb_doublewrite', doublewrite, 'ON', phrase('a crash may leave pages half written'))
        : null,
      logBin !== 'ON' || ['1', UNKNOWN].includes(syncBinlog)
        ? null
        : unsafe(
            'sync_binlog',
            syncBinlog,
            '1',
            phrase('a crash may lose the end of the binary log, and replicas may diverge'),
          ),
    ),
  };
}

function numeric(value: string): number | string {
  return value === UNKNOWN ? value : Number(value);
}

function unsafe(name: string, value: string, safe: string, why: Phrase): Fault {
  return {
    fault: phrase`${name} is ${value}: ${why}.`,
    hint: phrase`Set ${name}=${safe} in the server's configuration.`,
  };
}

/** Checks whether the settings that the program sets at the start of each session have taken effect. */
export function checkSessionSettings(variables: Variables): Finding {
  const isolation = ISOLATION.map((name) => variables.get(name)).find((value) => value !== undefined);
  const mode = variables.get('sql_mode');
  const zone = variables.get('time_zone');
  const packet = numeric(variables.get('max_allowed_packet') ?? UNKNOWN);
  const small = typeof packet === 'number' && packet < SMALLEST_PACKET;
  const hint = phrase(
    'A proxy or pool in front of MySQL may reset the settings of sessions: remove the proxy or pool, or configure it to keep the settings.',
  );
  const fault = (text: Phrase): Fault => ({ fault: text, hint });
  return {
    seen: {
      isolation: isolation ?? UNKNOWN,
      sql_mode: mode ?? UNKNOWN,
      time_zone: zone ?? UNKNOWN,
      max_allowed_packet: packet,
    },
    faults: faultsOf(
      isolation === undefined || isolation === 'READ-COMMITTED'
        ? null
        : fault(phrase`The program's sessions use the isolation level ${isolation}, not READ-COMMITTED.`),
      mode === undefined || mode.split(',').includes('STRICT_ALL_TABLES')
        ? null
        : fault(phrase`The program's sessions are not strict: sql_mode is "${mode}".`),
      zone === undefined || zone === '+00:00' ? null : fault(phrase`The program's sessions are not in UTC: ${zone}.`),
      small
        ? {
            fault: phrase`max_allowed_packet is ${packet.toLocaleString('en')}, but shop sends statements of up to ${SMALLEST_PACKET.toLocaleString('en')} bytes.`,
            hint: phrase`Set max_allowed_packet to at least ${SMALLEST_PACKET} in the server's configuration.`,
          }
        : null,
    ),
  };
}
