import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { hostOf } from './url.ts';

/**
 * How a connection is encrypted, in the words of MySQL's own clients: `REQUIRED` takes any certificate, `VERIFY_CA`
 * one that a known authority has signed, `VERIFY_IDENTITY` one that is for this host as well.
 */
type TlsMode = 'REQUIRED' | 'VERIFY_CA' | 'VERIFY_IDENTITY';

/** TLS as a URL asks for it. */
interface Tls {
  readonly mode: TlsMode;
  /** PEM: the authorities to trust instead of the well-known ones, and the certificate to show with its key. */
  readonly files: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** What the driver of MySQL takes as `ssl`; undefined for plain text. Throws where a file can't be read. */
export function mysqlTls(url: string) {
  const tls = tlsOf(url);
  if (tls === null) return undefined;
  const { mode, files } = tls;
  return { ...files, rejectUnauthorized: mode !== 'REQUIRED', verifyIdentity: mode === 'VERIFY_IDENTITY' };
}

/** What the driver of Redis takes as `tls`; undefined for plain text. Throws where a file can't be read. */
export function redisTls(url: string): ConnectionOptions | undefined {
  const tls = tlsOf(url);
  if (tls === null) return undefined;
  const { mode, files } = tls;
  const host = hostOf(url);
  return {
    ...files,
    rejectUnauthorized: mode !== 'REQUIRED',
    // a server behind a proxy is found by its name
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(mode === 'VERIFY_IDENTITY' ? {} : { checkServerIdentity: () => undefined }),
  };
}

/** The query's options; `server-urls.ts` sees to it that there are no others and that they fit each other. */
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

/** As MySQL's clients have it, but never plain text where TLS can't be had; `rediss://` alone says that it is meant. */
function defaultMode(protocol: string, hasAuthority: boolean): TlsMode | null {
  if (protocol === 'rediss:') return 'VERIFY_IDENTITY';
  return hasAuthority ? 'VERIFY_CA' : null;
}
