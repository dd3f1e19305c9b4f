import { hostOf } from '../url.ts';

const PORT = 3306;
const SEVERAL = /^((?:mysql|mariadb):\/\/(?:[^@/?#]*@)?)([^@/?#]*,[^@/?#]*)((?:[/?#].*)?)$/;

/** Each of its hosts by itself, with all else that the URL says; `server-urls.ts` has found it to be right. */
export function databaseHosts(url: string): readonly [string, ...string[]] {
  const [, before, hosts = '', rest] = SEVERAL.exec(url) ?? [];
  if (before === undefined) return [url];
  const [first = '', ...others] = hosts.split(',').map((host) => `${before}${host}${rest}`);
  return [first, ...others];
}

/** The name of the database in a `mysql://` URL: one for all its hosts. */
export function databaseName(url: string): string {
  return decodeURIComponent(new URL(databaseHosts(url)[0]).pathname.replace(/^\//, ''));
}

/** For messages: hosts and ports, or the socket, without user and password. */
export function databaseAddress(url: string): string {
  return databaseHosts(url)
    .map((host) => socketOf(host) ?? `${new URL(host).hostname}:${portOf(host)}`)
    .join(', ');
}

/** Where the one host of a URL listens. */
export function databaseListener(
  url: string,
): { readonly host: string; readonly port: number } | { readonly socketPath: string } {
  const socketPath = socketOf(url);
  return socketPath === null ? { host: hostOf(url), port: portOf(url) } : { socketPath };
}

/** The path of the socket that a URL names instead of its host. */
function socketOf(url: string): string | null {
  return new URL(url).searchParams.get('socket');
}

function portOf(url: string): number {
  const { port } = new URL(url);
  return port === '' ? PORT : Number(port);
}
