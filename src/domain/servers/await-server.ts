import { databaseAddress } from '../../db/mysql/url.ts';
import { redisAddressText } from '../../db/redis/url.ts';
import { within } from '../../db/within.ts';
import { ShopError } from '../errors.ts';

const ADDRESS_OF = { MySQL: databaseAddress, Redis: redisAddressText };
const LATE = Symbol('late');

/** Waits for work that needs a server. The work itself continues. @throws ShopError `UNAVAILABLE` when the time limit is reached */
export async function awaitServer<T>(
  server: keyof typeof ADDRESS_OF,
  url: string,
  limitMs: number,
  work: Promise<T>,
): Promise<T> {
  const result = await within(limitMs, work, LATE);
  if (result !== LATE) return result;
  const reason = `no reply within ${limitMs / 1_000} s`;
  throw new ShopError('UNAVAILABLE', { server, address: ADDRESS_OF[server](url), reason });
}
