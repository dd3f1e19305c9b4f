import { SETTING_NAMES } from './settings.ts';

/** Variables of the compose files, which Compose may read from the same `.env` file. */
export const COMPOSE_VARIABLES: readonly string[] = [
  'SHOP_IMAGE',
  'SHOP_METRICS_ADDRESS',
  'SHOP_MYSQL_IMAGE',
  'SHOP_MYSQL_PASSWORD',
  'SHOP_MYSQL_PORT',
  'SHOP_MYSQL_ROOT_PASSWORD',
  'SHOP_NODE_IMAGE',
  'SHOP_REDIS_IMAGE',
  'SHOP_REDIS_PASSWORD',
  'SHOP_REDIS_PORT',
  'SHOP_SETTINGS',
];

/** Returns the variables whose names begin with `SHOP_` but are not settings, such as misspelt ones. */
export function unknownVariables(given: NodeJS.ProcessEnv): string[] {
  const known = new Set([...SETTING_NAMES, ...COMPOSE_VARIABLES]);
  return Object.keys(given).filter((name) => name.startsWith('SHOP_') && !known.has(name));
}
