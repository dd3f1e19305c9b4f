import { destination, type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino';
import pretty from 'pino-pretty';
import type { LogLevel } from '../config.ts';

const STANDARD_ERROR = 2;

/**
 * An error without what drivers hang on it: a refused AUTH has the password among its arguments, a certificate that does
 * not verify the whole of it.
 */
function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack } = stdSerializers.err(error);
  return { type, message, stack, ...('code' in error ? { code: error.code } : {}) };
}

/** The worker's log on standard error: JSON lines, or lines for people on a terminal. Written at once, so that a crash loses none. */
export function createLog(onTerminal: boolean, level: LogLevel): Logger {
  const target = onTerminal
    ? pretty({ destination: STANDARD_ERROR, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' })
    : destination({ fd: STANDARD_ERROR, sync: true });
  return pino({ level, timestamp: stdTimeFunctions.isoTime, serializers: { err: errorFields } }, target);
}
