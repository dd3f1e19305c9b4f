const TLS_CODES =
  /^(HANDSHAKE_SSL_ERROR|HANDSHAKE_NO_SSL_SUPPORT|EPROTO|ERR_(TLS|SSL|OSSL)_|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|ERROR_IN_CERT_)/;
/**
 * Matches messages about connections that broke during the handshake. The MySQL driver gives these errors the same code as TLS
 * errors.
 */
const BROKEN = /socket disconnected|ECONNRESET|EPIPE|ETIMEDOUT/;

/** Returns true if a driver's error means that no trusted connection could be established. */
export function isTlsError(cause: unknown): boolean {
  if (!(cause instanceof Error) || !('code' in cause)) return false;
  return TLS_CODES.test(String(cause.code)) && !BROKEN.test(cause.message);
}
