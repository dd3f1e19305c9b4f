import { isIP } from 'node:net';
import { isAbsolute } from 'node:path';
import { SENTINEL_OPTIONS, SENTINEL_PASSWORD } from '../db/redis/url.ts';
import { type HostUrls, hostOf, splitHosts } from '../db/url.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';
import { readSmallFile } from './small-file.ts';

/** Returns true for a URL with one MySQL or MariaDB host and a database. */
export function isDatabaseUrl(text: string): boolean {
  return isUrl(text, ['mysql:', 'mariadb:'], /^\/[^/]+$/);
}

/** Returns true for a URL with one or several MySQL or MariaDB hosts and a database. */
export function isDatabaseUrlOfHosts(text: string): boolean {
  return splitHosts(text).urls.every(isDatabaseUrl);
}

/** Returns the problem with a database URL's options, or null. An option without effect is also a problem. */
export function databaseOptionProblem(text: string): Phrase | null {
  const { urls } = splitHosts(text);
  return firstProblem(
    urls,
    (url) => takeSocket(url.searchParams, urls.length) ?? tlsProblem(url) ?? unreadableFile(url),
  );
}

/** Removes the socket from the options. Returns the problem with it, or null. */
function takeSocket(options: URLSearchParams, hosts: number): Phrase | null {
  const [socket, ...others] = options.getAll('socket');
  options.delete('socket');
  if (socket === undefined) return null;
  if (others.length > 0) return phrase('has an option that occurs more than once');
  if (hosts > 1) return phrase("has several hosts, so it can't have a socket");
  return isAbsolute(socket) ? null : phrase('has a socket that is not an absolute path');
}

/** Valid paths in Redis URLs: a cluster has only database 0, and sentinels need the primary's name. */
const REDIS_PATHS: Readonly<Record<HostUrls['kind'], RegExp>> = {
  server: /^\/?\d*$/,
  cluster: /^\/?0?$/,
  sentinel: /^\/[A-Za-z0-9._-]+(\/\d*)?$/,
};

/** Returns true for a URL of a Redis server, a cluster's nodes, or sentinels. */
export function isRedisUrl(text: string): boolean {
  const { kind, urls } = splitHosts(text);
  return urls.every((one) => isUrl(one, ['redis:', 'rediss:'], REDIS_PATHS[kind]));
}

/** Returns the problem with a Redis URL's options (TLS and sentinels), or null. */
export function redisOptionProblem(text: string): Phrase | null {
  const { kind, urls } = splitHosts(text);
  return firstProblem(urls, (url) => {
    const ofSentinels = kind === 'sentinel' ? takeSentinelOptions(url.searchParams) : null;
    return ofSentinels ?? tlsProblem(url) ?? unreadableFile(url);
  });
}

/** Masks the passwords in a valid URL of servers. */
export function withoutPasswords(text: string): string {
  const { kind, urls } = splitHosts(text);
  const url = new URL(urls[0]);
  const scheme = kind === 'server' ? url.protocol : url.protocol.replace(':', `+${kind}:`);
  const password = url.password === '' ? '' : ':***';
  const login = url.username + password === '' ? '' : `${url.username}${password}@`;
  if (url.searchParams.has(SENTINEL_PASSWORD)) url.searchParams.set(SENTINEL_PASSWORD, '***');
  const hosts = urls.map((one) => new URL(one).host).join(',');
  return `${scheme}//${login}${hosts}${url.pathname}${url.search}`;
}

function isUrl(text: string, protocols: readonly string[], path: RegExp): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, pathname, hash } = new URL(text);
  // the URL standard allows commas in a host, but no valid host name contains one
  const oneHost = hostname !== '' && !hostname.includes(',');
  const decodable = [username, password, pathname].every((part) => decoded(part) !== null);
  return protocols.includes(protocol) && oneHost && path.test(pathname) && hash === '' && decodable;
}

/** Decodes a part of a URL. Returns null for invalid escapes. */
function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

function firstProblem(urls: readonly string[], problemOf: (url: URL) => Phrase | null): Phrase | null {
  return urls.map((url) => problemOf(new URL(url))).find((problem) => problem !== null) ?? null;
}

const TLS_MODES = ['DISABLED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'];
const TLS_FILES = ['ssl-ca', 'ssl-cert', 'ssl-key'];

/** Removes the options for sentinels. Returns the problem with them, or null. */
function takeSentinelOptions(options: URLSearchParams): Phrase | null {
  const [users = 0, passwords = 0] = SENTINEL_OPTIONS.map((name) => options.getAll(name).length);
  for (const name of SENTINEL_OPTIONS) options.delete(name);
  if (users > 1 || passwords > 1) return phrase('has an option that occurs more than once');
  return users > passwords ? phrase('must have a sentinel_password for its sentinel_username') : null;
}

/**
 * Returns the problem with the TLS options, or null. The problem's text contains no values of options, because a `?` in a password
 * makes the rest of the password look like options.
 */
function tlsProblem(url: URL): Phrase | null {
  const { protocol, searchParams } = url;
  const names = [...searchParams.keys()];
  const mode = searchParams.get('ssl-mode');
  const [ca, cert, key] = TLS_FILES.map((name) => searchParams.has(name));
  const mysql = !protocol.startsWith('redis');
  // for an IP address, the MySQL driver would expect the name `localhost` in the certificate
  const nameless = mysql && isIP(hostOf(url.href)) !== 0;
  const problems: readonly (readonly [Phrase, boolean])[] = [
    [phrase('has an unknown option'), names.some((name) => !['ssl-mode', ...TLS_FILES].includes(name))],
    [phrase('has an option that occurs more than once'), new Set(names).size < names.length],
    [phrase('has an unknown ssl-mode'), mode !== null && !TLS_MODES.includes(mode)],
    [phrase('has TLS options and must therefore begin with rediss://'), protocol === 'redis:' && names.length > 0],
    [phrase('begins with rediss:// and has ssl-mode=DISABLED'), protocol === 'rediss:' && mode === 'DISABLED'],
    [phrase('has options that ssl-mode=DISABLED ignores'), mode === 'DISABLED' && names.length > 1],
    [phrase('must have ssl-cert and ssl-key together'), cert !== key],
    [
      phrase('must have an ssl-mode or an ssl-ca if it has an ssl-cert'),
      mysql && mode === null && cert === true && ca !== true,
    ],
    [phrase('has an ssl-ca, which ssl-mode=REQUIRED ignores'), mode === 'REQUIRED' && ca === true],
    [phrase('must have an ssl-ca for ssl-mode=VERIFY_CA'), mode === 'VERIFY_CA' && ca !== true],
    [phrase('must have a host name for ssl-mode=VERIFY_IDENTITY'), mode === 'VERIFY_IDENTITY' && nameless],
  ];
  return problems.find(([, found]) => found)?.[0] ?? null;
}

function unreadableFile({ searchParams }: URL): Phrase | null {
  for (const name of TLS_FILES) {
    const path = searchParams.get(name);
    if (path === null) continue;
    const file = readSmallFile(path);
    if ('problem' in file) return phrase`has an ${name} that can't be read (${file.problem}): ${path}`;
    if (!file.bytes.includes('-----BEGIN ')) return phrase`has an ${name} that is not a PEM file: ${path}`;
  }
  return null;
}
