import { type DetailsByCode, ShopError } from '../errors.ts';
import { phrase } from '../phrase.ts';

/** Creates the error `UNAVAILABLE` for a server that can be reached, but responds with an error, such as a full disk. */
export function respondedWithError(details: DetailsByCode['UNAVAILABLE'], cause: unknown): ShopError {
  return new ShopError('UNAVAILABLE', details, {
    message: phrase`${details.server} at ${details.address} responded with an error: ${details.reason}.`,
    hint: phrase('Check the state and the log of the server; `shop dev logs` shows the logs of local servers.'),
    cause,
  });
}
