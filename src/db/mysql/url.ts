import { hostOf, splitHosts } from '../url.ts';

const PORT = 3306;

/** Returns the database name of a `mysql://` URL. */
export function databaseName(url: string): string {
  return decodeURIComponent(new URL(splitHosts(url).urls[0]).pathname.replace(/^\//, ''));
}

/** Formats the hosts and ports, or the socket, of a URL for messages, without user and password. */
export function databaseAddress(url: string): string {
  return splitHosts(url)
    .urls.map((host) => socketOf(host) ?? `${new URL(host).hostname}:${portOf(host)}`)
    .join(', ');
}

/** Returns the address or the socket of a URL with one host. */
export function databaseListener(
  url: string,
): { readonly host: string; readonly port: number } | { readonly socketPath: string } {
  const socketPath = socketOf(url);
  return socketPath === null ? { host: hostOf(url), port: portOf(url) } : { socketPath };
}

/** Returns the path of the socket that a URL names instead of its host; null if it names none. */
function socketOf(url: string): string | null {
  return new URL(url).searchParams.get('socket');
}

function portOf(url: string): number {
  const { port } = new URL(url);
  return port === '' ? PORT : Number(port);
}
