import type { ClusterOptions, RedisOptions } from 'ioredis';
import { redisTls } from '../tls.ts';
import { splitHosts } from '../url.ts';
import { parseRedisUrl, type RedisHost } from './url.ts';

/** What the driver makes a client of: a cluster's of nodes to begin with, any other of options alone. */
export type DriverOptions =
  | { readonly kind: 'cluster'; readonly nodes: RedisHost[]; readonly options: RedisOptions }
  | { readonly kind: 'server' | 'sentinel'; readonly options: RedisOptions };

/** For one attempt to connect. */
export const CONNECT_TIMEOUT_MS = 5_000;
/** A sentinel that takes longer hangs, and the next one is asked. */
const SENTINEL_TIMEOUT_MS = 1_000;
/** Between two attempts to reach a primary that has failed, or the one that is to come. */
export const FAILOVER_RETRY_MS = 100;
const SLOTS_REFRESH_MS = 2_000;

/**
 * The driver's options for a URL; it would parse a simple one by means that Node deprecates, and has no URL for others.
 * Throws where a file of TLS can't be read.
 */
export function driverOptions(url: string): DriverOptions {
  const { kind, hosts, master, db, login, sentinelLogin } = parseRedisUrl(url);
  const [first] = splitHosts(url).urls;
  const tls = redisTls(first);
  if (kind === 'server') {
    return { kind, options: { ...hosts[0], db, ...login, ...(tls === undefined ? {} : { tls }) } };
  }
  // its name is that of the node which is connected to, not that of the first which the URL has
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

/** One that was the primary a moment ago takes no more writes: the command is sent again, to whoever is the primary now. */
function resendIfReadOnly({ message }: Error): 2 | false {
  return /\bREADONLY\b/.test(message) ? 2 : false;
}

/** What is the same for all clients of a cluster. */
export const CLUSTER_OPTIONS = {
  // where a slot has no primary for the moment its nodes say so, and the command is sent again: nothing else need wait
  enableReadyCheck: false,
  retryDelayOnFailover: FAILOVER_RETRY_MS,
  retryDelayOnClusterDown: FAILOVER_RETRY_MS,
  // a primary that hangs says nothing of who has taken over from it
  slotsRefreshInterval: SLOTS_REFRESH_MS,
  // certificates are for names
  dnsLookup: (name, found) => found(null, name),
} satisfies ClusterOptions;
