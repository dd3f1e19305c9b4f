import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { ShopError } from '../../domain/errors.ts';
import { phrase } from '../../domain/phrase.ts';
import { judgeHealth, type WorkerState } from './health.ts';
import { Metrics } from './metrics.ts';
import type { QueueGaugesSeen } from './queue-gauges.ts';

/** Where metrics and health are to be asked for. */
export interface MonitorAddress {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

/** The worker that they are of. */
export interface Monitored {
  readonly state: WorkerState;
  /** Answers soon, whatever the servers do. */
  see(): Promise<QueueGaugesSeen>;
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Serves `/metrics` to Prometheus and `/healthz` to a container's health check. */
export class Monitor {
  readonly metrics: Metrics;
  readonly #server: Server;
  #worker: Monitored | null = null;

  private constructor(server: Server, version: string, log: Logger) {
    this.#server = server;
    this.metrics = new Metrics(version);
    server.on('request', (request, response) => {
      this.#serve(request, response).catch((error) => {
        log.error({ err: error }, 'the metrics could not be answered');
        response.destroy();
      });
    });
    server.on('error', (error) => log.error({ err: error }, 'the server of the metrics reports an error'));
  }

  /**
   * Listens at once; until `show` nothing but that the worker starts is told.
   *
   * @throws ShopError `CONFIG` where it can't listen there.
   */
  static async open({ host, port }: MonitorAddress, version: string, log: Logger): Promise<Monitor> {
    const server = createServer();
    server.listen(port, host);
    try {
      await once(server, 'listening');
    } catch (error) {
      throw notListening(host, port, error);
    }
    return new Monitor(server, version, log);
  }

  /** Where it listens. */
  get url(): string {
    const { address, family, port } = this.#server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  /** From here on this worker is shown. */
  show(worker: Monitored): void {
    this.#worker = worker;
  }

  /** Hangs up on whoever asks. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve({ method, url }: IncomingMessage, response: ServerResponse): Promise<void> {
    const readOnly = method === 'GET' || method === 'HEAD';
    const { status, type, body } = readOnly ? await this.#reply(url ?? '/') : plain(405, 'GET and HEAD alone\n');
    if (!readOnly) response.setHeader('Allow', 'GET, HEAD');
    response.writeHead(status, {
      'Content-Type': type,
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-store',
    });
    response.end(body);
  }

  async #reply(url: string): Promise<Reply> {
    const [path] = url.split('?');
    if (path !== '/metrics' && path !== '/healthz') return plain(404, '/metrics and /healthz alone\n');
    const worker = this.#worker;
    if (worker === null) return plain(503, 'starting\n');
    if (path === '/metrics') {
      const body = await this.metrics.render(worker.state.lane, await worker.see());
      return { status: 200, type: this.metrics.contentType, body };
    }
    const health = judgeHealth(worker.state);
    return {
      status: health.status === 'ok' ? 200 : 503,
      type: 'application/json',
      body: `${JSON.stringify(health)}\n`,
    };
  }
}

function plain(status: number, body: string): Reply {
  return { status, type: 'text/plain; charset=utf-8', body };
}

function notListening(host: string, port: number, cause: unknown): ShopError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  const reason =
    code === 'EADDRINUSE'
      ? phrase('the port is in use')
      : cause instanceof Error
        ? cause.message
        : phrase('for an unknown reason');
  return new ShopError(
    'CONFIG',
    { setting: 'SHOP_METRICS_PORT', host, port, reason: code },
    {
      message: phrase`The metrics can't be served at ${host}:${port}: ${reason}.`,
      hint: phrase(
        'Give a free port with --metrics-port (0 takes any), and an address of this machine with --metrics-host.',
      ),
      cause,
    },
  );
}
