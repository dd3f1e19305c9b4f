/** Returns the host of a URL as a socket needs it: an IPv6 address without brackets. */
export function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}

export interface HostUrls {
  /** `server` for one or several MySQL servers or one Redis server, `cluster` for nodes of a Redis Cluster, or `sentinel`. */
  readonly kind: 'server' | 'cluster' | 'sentinel';
  /** One URL per host, with all other parts of the original. */
  readonly urls: readonly [string, ...string[]];
}

const HOSTS = /^(mysql|mariadb|rediss?\+(?:cluster|sentinel)):\/\/((?:[^@/?#]*@)?)([^@/?#]*)((?:[/?#].*)?)$/;

/**
 * Splits a URL that may name several hosts, separated by commas. Standard URLs can name only one host.
 *
 * MySQL's own connectors accept `mysql://one,two/database`. Redis clients use different forms. Python's clients accept
 * `redis+sentinel://`, with the primary's name as the path and with the option `sentinel_password`. `redis+cluster://` follows
 * the same pattern. Each host may have its own port; all hosts share one login.
 */
export function splitHosts(url: string): HostUrls {
  const [, scheme, login, hosts = '', rest] = HOSTS.exec(url) ?? [];
  if (scheme === undefined) return { kind: 'server', urls: [url] };
  const [protocol, kind] = scheme.split('+');
  const [first = '', ...others] = hosts.split(',').map((host) => `${protocol}://${login}${host}${rest}`);
  return { kind: kind === 'cluster' || kind === 'sentinel' ? kind : 'server', urls: [first, ...others] };
}
