import { ShopError } from '../errors.ts';
import { phrase } from '../phrase.ts';

/** Creates the error for a server whose TLS connection can't be trusted. */
export function untrusted(server: string, setting: string, address: string, reason: string, cause: unknown): ShopError {
  return new ShopError(
    'CONFIG',
    { setting, address, reason },
    {
      message: phrase`A trusted connection to ${server} at ${address} can't be established: ${reason}.`,
      hint: phrase`Set the TLS options of ${setting} (ssl-mode, ssl-ca, ssl-cert, ssl-key) to match the server.`,
      cause,
    },
  );
}
