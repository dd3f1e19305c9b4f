import { type HostUrls, hostOf, splitHosts } from '../url.ts';

/** Where a node of Redis, or one of its sentinels, listens. */
export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

/** What a URL of Redis names. */
export interface RedisAddress {
  /** One server; a Redis Cluster, by some of its nodes; the primary that sentinels tell of. */
  readonly kind: HostUrls['kind'];
  /** The server, nodes of the cluster, or the sentinels. */
  readonly hosts: readonly RedisHost[];
  /** What the sentinels call the primary; empty without sentinels. */
  readonly master: string;
  readonly db: number;
  readonly login: RedisLogin;
  /** The sentinels' own, who never see that of the servers. */
  readonly sentinelLogin: RedisLogin;
}

/** Empty where none is given. */
interface RedisLogin {
  readonly username?: string;
  readonly password?: string;
}

const PORTS = { server: 6379, cluster: 6379, sentinel: 26379 } as const;
/** Options of a URL that are for the sentinels. */
export const SENTINEL_OPTIONS = ['sentinel_username', 'sentinel_password'] as const;

/** Takes a URL apart that `server-urls.ts` has found to be right. */
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

/** For messages: hosts and ports, without users and passwords. */
export function redisAddressText(url: string): string {
  const { kind, hosts, master } = parseRedisUrl(url);
  const all = hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(', ');
  return kind === 'sentinel' ? `${master} (by the sentinels ${all})` : all;
}

/** Each of the sentinels as a server by itself, with their login. */
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
