import type { ClusterOptions, RedisOptions } from 'ioredis';
import { redisTls } from '../tls.ts';
import { splitHosts } from '../url.ts';
import { parseRedisUrl, type RedisHost } from './url.ts';

/** Arguments for the driver's constructors. A cluster's client also takes its initial nodes. */
export type DriverOptions =
  | { readonly kind: 'cluster'; readonly nodes: RedisHost[]; readonly options: RedisOptions }
  | { readonly kind: 'server' | 'sentinel'; readonly options: RedisOptions };

/** Time limit of one attempt to connect. */
export const CONNECT_TIMEOUT_MS = 5_000;
/** Milliseconds after which the next sentinel is tried. */
const SENTINEL_TIMEOUT_MS = 1_000;
/** Milliseconds between two attempts to reach the primary during a failover. */
export const FAILOVER_RETRY_MS = 100;
const SLOTS_REFRESH_MS = 2_000;

/**
 * Returns the driver's options for a URL. The driver itself parses only simple URLs, with an API that Node deprecates.
 * Throws if a TLS file can't be read.
 */
export function driverOptions(url: string): DriverOptions {
  const { kind, hosts, master, db, login, sentinelLogin } = parseRedisUrl(url);
  const [first] = splitHosts(url).urls;
  const tls = redisTls(first);
  if (kind === 'server') {
    return { kind, options: { ...hosts[0], db, ...login, ...(tls === undefined ? {} : { tls }) } };
  }
  // each connection needs the TLS server name of its own node, not of the first node in the URL
  const security = tls === undefined ? {} : { tls: { ...tls, servername: undefined } };
  if (kind === 'cluster') return { kind, nodes: [...hosts], options: { ...login, ...security } };
  return {
    kind,
    options: {
      sentinels: [...hosts],
      name: master,
      db,
      ...login,
      ...(sentinelLogin.username === undefined ? {} : { sentinelUsername: sentinelLogin.username }),
      ...(sentinelLogin.password === undefined ? {} : { sentinelPassword: sentinelLogin.password }),
      ...('tls' in security ? { ...security, sentinelTLS: security.tls, enableTLSForSentinelMode: true } : {}),
      sentinelCommandTimeout: SENTINEL_TIMEOUT_MS,
      reconnectOnError: resendIfReadOnly,
    },
  };
}

/** Resends a command to the new primary if the old one has become read-only. */
function resendIfReadOnly({ message }: Error): 2 | false {
  return /\bREADONLY\b/.test(message) ? 2 : false;
}

/** Common options of all cluster clients. */
export const CLUSTER_OPTIONS = {
  // the ready check would delay all commands while the state of the cluster is `fail`; without it, the client only resends commands
  // that a node refuses with CLUSTERDOWN
  enableReadyCheck: false,
  retryDelayOnFailover: FAILOVER_RETRY_MS,
  retryDelayOnClusterDown: FAILOVER_RETRY_MS,
  // the client refreshes the slots regularly, because a primary that hangs does not report its successor
  slotsRefreshInterval: SLOTS_REFRESH_MS,
  // host names are kept, because certificates are issued for names and not for addresses
  dnsLookup: (name, found) => found(null, name),
} satisfies ClusterOptions;
