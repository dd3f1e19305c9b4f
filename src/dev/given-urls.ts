import type { Config } from '../config/config.ts';
import { ShopError } from '../domain/errors.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';

/** Explains that commands don't use local servers because URLs are set. Returns null if none is set. */
export function localServersUnused(config: Config): Phrase | null {
  const given = givenUrls(config);
  return given === null ? null : phrase`${given}, so commands do not use local servers.`;
}

/** Checks that no URL is set, because commands would not use the local servers. @throws ShopError `CONFIG` */
export function refuseGivenUrls(config: Config): void {
  const message = localServersUnused(config);
  if (message === null) return;
  const hint = phrase(
    'To use the servers in the URLs, run `shop db migrate` and `shop worker`. To use local servers, unset the URLs; `shop config show` shows where they are set.',
  );
  const setting = config.databaseUrl === null ? 'SHOP_REDIS_URL' : 'SHOP_DATABASE_URL';
  throw new ShopError('CONFIG', { setting }, { message, hint });
}

function givenUrls({ urlsGiven, databaseUrl }: Config): Phrase | null {
  if (urlsGiven === 'none') return null;
  if (urlsGiven === 'both') return phrase('SHOP_DATABASE_URL and SHOP_REDIS_URL are set');
  return databaseUrl === null ? phrase('SHOP_REDIS_URL is set') : phrase('SHOP_DATABASE_URL is set');
}
