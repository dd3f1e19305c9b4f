import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** Paths of a certificate and its key, as PEM files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority for one test file, in a temporary folder that is removed afterwards. */
export class Authority implements Certificate {
  readonly cert: string;
  readonly key: string;
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
    this.cert = join(directory, 'ca.pem');
    this.key = join(directory, 'ca-key.pem');
  }

  static async create(name: string): Promise<Authority> {
    const authority = new Authority(await mkdtemp(join(tmpdir(), 'shop-tls-')));
    const { cert, key } = authority;
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      key,
      '-out',
      cert,
    );
    return authority;
  }

  /**
   * Issues a certificate.
   *
   * @param names the names and addresses of the server, such as `DNS:localhost,IP:127.0.0.1`.
   */
  async sign(file: string, names: string, days = 2): Promise<Certificate> {
    const path = (ending: string) => join(this.#directory, `${file}${ending}`);
    const [cert, key, request, extensions] = [path('.pem'), path('-key.pem'), path('.csr'), path('.cnf')];
    await writeFile(extensions, `subjectAltName=${names}\n`);
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${file}`, '-keyout', key, '-out', request);
    const by = ['-CA', this.cert, '-CAkey', this.key, '-CAcreateserial'];
    openssl('x509', '-req', '-in', request, ...by, '-days', String(days), '-extfile', extensions, '-out', cert);
    return { cert, key };
  }

  async remove(): Promise<void> {
    await rm(this.#directory, { recursive: true });
  }
}

function openssl(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${args[0]} failed: ${stderr}`);
}
