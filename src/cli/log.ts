import { type Logger, pino, stdTimeFunctions } from 'pino';
import pretty from 'pino-pretty';
import type { LogLevel } from '../config/settings.ts';
import { errorFields } from '../jobs/monitoring/error-fields.ts';
import type { Language } from './i18n/language.ts';
import { pageOf } from './output/page.ts';

/** Creates the worker's log on standard error: JSON lines, or lines for people on a terminal. */
export function createLog(stderr: NodeJS.WriteStream, language: Language, level: LogLevel): Logger {
  const { terminal, colors } = pageOf(stderr, language);
  const target = terminal
    ? pretty({
        destination: stderr,
        singleLine: true,
        colorize: colors,
        ignore: 'pid,hostname',
        translateTime: 'SYS:HH:MM:ss.l',
      })
    : stderr;
  return pino(
    {
      level,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorFields },
    },
    target,
  );
}
