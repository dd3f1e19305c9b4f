import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { hostOf } from './url.ts';

/**
 * Modes for verifying the server's certificate, named as in MySQL's own clients. `REQUIRED` accepts any certificate.
 * `VERIFY_CA` requires a certificate signed by a trusted authority. `VERIFY_IDENTITY` also requires that the certificate is
 * valid for the host.
 */
type TlsMode = 'REQUIRED' | 'VERIFY_CA' | 'VERIFY_IDENTITY';

interface Tls {
  readonly mode: TlsMode;
  /**
   * PEM texts: the certificate authorities to trust instead of the well-known ones, and the client's certificate with its key.
   */
  readonly files: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** Returns the MySQL driver's `ssl` option, or undefined without TLS. Throws if a file can't be read. */
export function mysqlTls(url: string) {
  const tls = tlsOf(url);
  if (tls === null) return undefined;
  const { mode, files } = tls;
  return { ...files, rejectUnauthorized: mode !== 'REQUIRED', verifyIdentity: mode === 'VERIFY_IDENTITY' };
}

/** Returns the Redis driver's `tls` option, or undefined without TLS. Throws if a file can't be read. */
export function redisTls(url: string): ConnectionOptions | undefined {
  const tls = tlsOf(url);
  if (tls === null) return undefined;
  const { mode, files } = tls;
  const host = hostOf(url);
  return {
    ...files,
    rejectUnauthorized: mode !== 'REQUIRED',
    // a proxy may select the server by the TLS server name
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(mode === 'VERIFY_IDENTITY' ? {} : { checkServerIdentity: () => undefined }),
  };
}

/** Reads the URL's TLS options. `server-urls.ts` has checked them. */
function tlsOf(url: string): Tls | null {
  const { protocol, searchParams } = new URL(url);
  const mode = searchParams.get('ssl-mode') ?? defaultMode(protocol, searchParams.has('ssl-ca'));
  if (mode === null || mode === 'DISABLED') return null;
  const file = (name: string) => {
    const path = searchParams.get(`ssl-${name}`);
    return path === null ? {} : { [name]: readFileSync(path, 'utf8') };
  };
  return { mode: mode as TlsMode, files: { ...file('ca'), ...file('cert'), ...file('key') } };
}

/**
 * Returns the mode for a URL without `ssl-mode`; null for no TLS. As in MySQL's own clients, `ssl-ca` implies `VERIFY_CA`. Without
 * `ssl-ca`, those clients use TLS only if the server offers it, while this program does not use TLS.
 */
function defaultMode(protocol: string, hasAuthority: boolean): TlsMode | null {
  if (protocol === 'rediss:') return 'VERIFY_IDENTITY';
  return hasAuthority ? 'VERIFY_CA' : null;
}
