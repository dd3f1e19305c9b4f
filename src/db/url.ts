/** The host that a URL names, as sockets take it: an IPv6 address without its brackets. */
export function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}

/** The hosts of a URL. */
export interface HostUrls {
  /** One server, or several of MySQL; nodes of a Redis Cluster; sentinels. */
  readonly kind: 'server' | 'cluster' | 'sentinel';
  /** Each host by itself, with all else that the URL says. */
  readonly urls: readonly [string, ...string[]];
}

const HOSTS = /^(mysql|mariadb|rediss?\+(?:cluster|sentinel)):\/\/((?:[^@/?#]*@)?)([^@/?#]*)((?:[/?#].*)?)$/;

/**
 * Splits a URL that may name several hosts behind commas, for which the standard has no form.
 *
 * MySQL's own connectors take `mysql://one,two/database`. Clients of Redis differ in theirs: `redis+sentinel://` with the
 * name of the primary as path, and `sentinel_password` as an option, is that of Python's clients and what is built on them;
 * `redis+cluster://` is made like it. A port of its own for each host, and one login for all, is what operators have.
 */
export function splitHosts(url: string): HostUrls {
  const [, scheme, login, hosts = '', rest] = HOSTS.exec(url) ?? [];
  if (scheme === undefined) return { kind: 'server', urls: [url] };
  const [protocol, kind] = scheme.split('+');
  const [first = '', ...others] = hosts.split(',').map((host) => `${protocol}://${login}${host}${rest}`);
  return { kind: kind === 'cluster' || kind === 'sentinel' ? kind : 'server', urls: [first, ...others] };
}
