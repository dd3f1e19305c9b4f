import { stdSerializers } from 'pino';

/**
 * Returns the fields of an error that are logged. Fields that drivers add are left out: the error of a refused Redis AUTH command
 * contains the password, and the error of a failed TLS verification contains the whole certificate.
 */
export function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, stack } = stdSerializers.err(error);
  // the serializer's own message repeats the messages of all causes, which the stack contains already
  return { type, message: error.message, stack, ...('code' in error ? { code: error.code } : {}) };
}
