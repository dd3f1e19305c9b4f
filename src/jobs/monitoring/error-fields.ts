import { stdSerializers } from 'pino';

/**
 * Returns the fields of an error that are logged. Fields that drivers add are left out, because a refused AUTH carries the
 * password, and a failed verification carries the whole certificate.
 */
export function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack } = stdSerializers.err(error);
  return { type, message, stack, ...('code' in error ? { code: error.code } : {}) };
}
