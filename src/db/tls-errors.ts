const TLS_CODES =
  /^(HANDSHAKE_SSL_ERROR|HANDSHAKE_NO_SSL_SUPPORT|EPROTO|ERR_(TLS|SSL|OSSL)_|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|ERROR_IN_CERT_)/;
/** The MySQL driver gives every error of a handshake the same code, that of a connection which broke in it, too. */
const BROKE = /socket disconnected|ECONNRESET|EPIPE|ETIMEDOUT/;

/** True where `cause`, an error of a driver, says that the two ends have come to no trusted connection. */
export function isTlsError(cause: unknown): boolean {
  if (!(cause instanceof Error) || !('code' in cause)) return false;
  return TLS_CODES.test(String(cause.code)) && !BROKE.test(cause.message);
}
