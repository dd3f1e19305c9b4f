import { type HostUrls, hostOf, splitHosts } from '../url.ts';

/** Address of a Redis node or a sentinel. */
export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

/** A parsed Redis URL. */
export interface RedisAddress {
  /** One server, a Redis Cluster, or a primary found through sentinels. */
  readonly kind: HostUrls['kind'];
  /** The server, some nodes of the cluster, or the sentinels. */
  readonly hosts: readonly RedisHost[];
  /** The name by which the sentinels know the primary; empty without sentinels. */
  readonly master: string;
  readonly db: number;
  readonly login: RedisLogin;
  /** Login for the sentinels, which never receive the login for the servers. */
  readonly sentinelLogin: RedisLogin;
}

/** A login; empty if the URL has none. */
interface RedisLogin {
  readonly username?: string;
  readonly password?: string;
}

const PORTS = { server: 6379, cluster: 6379, sentinel: 26379 } as const;
export const SENTINEL_PASSWORD = 'sentinel_password';
/** Options in a URL that contain the login for the sentinels. */
export const SENTINEL_OPTIONS = ['sentinel_username', SENTINEL_PASSWORD] as const;

/** Parses a URL that `server-urls.ts` has validated. */
export function parseRedisUrl(url: string): RedisAddress {
  const { kind, urls } = splitHosts(url);
  const { username, password, pathname, searchParams } = new URL(urls[0]);
  const [, one = '', two = ''] = pathname.split('/');
  return {
    kind,
    hosts: urls.map((host) => listenerOf(host, PORTS[kind])),
    master: kind === 'sentinel' ? one : '',
    db: Number(kind === 'sentinel' ? two : one),
    login: login(decodeURIComponent(username), decodeURIComponent(password)),
    sentinelLogin: login(searchParams.get(SENTINEL_OPTIONS[0]) ?? '', searchParams.get(SENTINEL_OPTIONS[1]) ?? ''),
  };
}

/** Formats the hosts and ports of a URL for messages, without users and passwords. */
export function redisAddressText(url: string): string {
  const { kind, hosts, master } = parseRedisUrl(url);
  const all = hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(', ');
  return kind === 'sentinel' ? `${master} (by the sentinels ${all})` : all;
}

/** Returns a URL for each sentinel, in the form for a single server and with the sentinels' login. */
export function sentinelUrls(url: string): string[] {
  const { hosts, sentinelLogin } = parseRedisUrl(url);
  return splitHosts(url).urls.map((text, at) => {
    const sentinel = new URL(text);
    sentinel.port = String(hosts[at]?.port);
    sentinel.username = encodeURIComponent(sentinelLogin.username ?? '');
    sentinel.password = encodeURIComponent(sentinelLogin.password ?? '');
    sentinel.pathname = '';
    for (const name of SENTINEL_OPTIONS) sentinel.searchParams.delete(name);
    return sentinel.href;
  });
}

function listenerOf(url: string, defaultPort: number): RedisHost {
  const { port } = new URL(url);
  return { host: hostOf(url), port: port === '' ? defaultPort : Number(port) };
}

function login(username: string, password: string): RedisLogin {
  return { ...(username === '' ? {} : { username }), ...(password === '' ? {} : { password }) };
}
