import { stdSerializers } from 'pino';

/**
 * Returns the fields of an error that are logged. Fields that drivers add are left out, because a refused AUTH carries the
 * password, and a failed verification carries the whole certificate.
 */
export function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, stack } = stdSerializers.err(error);
  // the serializer appends each cause's message, which wrapped errors repeat; the stack contains the causes
  return { type, message: error.message, stack, ...('code' in error ? { code: error.code } : {}) };
}
