import { hostOf, splitHosts } from '../url.ts';

const PORT = 3306;
/** The name of the database in a `mysql://` URL: one for all its hosts. */
export function databaseName(url: string): string {
  return decodeURIComponent(new URL(splitHosts(url).urls[0]).pathname.replace(/^\//, ''));
}

/** For messages: hosts and ports, or the socket, without user and password. */
export function databaseAddress(url: string): string {
  return splitHosts(url)
    .urls.map((host) => socketOf(host) ?? `${new URL(host).hostname}:${portOf(host)}`)
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
