import { stdSerializers } from 'pino';

/**
 * An error, as the log has it: without what drivers hang on it. A refused AUTH has the password among its arguments, a
 * certificate that does not verify the whole of it.
 */
export function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack } = stdSerializers.err(error);
  return { type, message, stack, ...('code' in error ? { code: error.code } : {}) };
}
