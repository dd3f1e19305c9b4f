import { destination, type Logger, pino, stdTimeFunctions } from 'pino';
import pretty from 'pino-pretty';
import type { LogLevel } from '../config.ts';
import { errorFields } from '../jobs/error-fields.ts';
import type { Page } from './present/page.ts';

const STANDARD_ERROR = 2;

/** The worker's log on standard error: JSON lines, or lines for people on a terminal. Written at once, so that a crash loses none. */
export function createLog({ terminal, colors }: Page, level: LogLevel): Logger {
  const target = terminal
    ? pretty({
        destination: STANDARD_ERROR,
        sync: true,
        singleLine: true,
        colorize: colors,
        ignore: 'pid,hostname',
        translateTime: 'SYS:HH:MM:ss.l',
      })
    : destination({ fd: STANDARD_ERROR, sync: true });
  return pino({ level, timestamp: stdTimeFunctions.isoTime, serializers: { err: errorFields } }, target);
}
