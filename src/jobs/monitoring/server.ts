import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { ShopError } from '../../domain/errors.ts';
import { phrase } from '../../domain/phrase.ts';
import { healthOf, type WorkerState } from './health.ts';
import { Metrics, type WorkerFacts } from './metrics.ts';
import type { QueueGaugeValues } from './queue-gauges.ts';

/** Address at which metrics and health are served. */
export interface MonitorAddress {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
}

/** The worker whose metrics and health are served. */
export interface Monitored {
  readonly state: WorkerState;
  /** Returns within 2 s, even if a server hangs. */
  readQueue(): Promise<QueueGaugeValues>;
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

  private constructor(server: Server, worker: WorkerFacts, log: Logger) {
    this.#server = server;
    this.metrics = new Metrics(worker);
    server.on('request', (request, response) => {
      this.#serve(request, response).catch((error) => {
        log.error({ err: error }, 'could not serve a request');
        response.destroy();
      });
    });
    server.on('error', (error) => log.error({ err: error }, 'the metrics server reports an error'));
  }

  /**
   * Opens the server. Until `show` is called, it reports that the worker is starting.
   *
   * @throws ShopError `CONFIG` if the server can't listen on this address.
   */
  static async open({ host, port }: MonitorAddress, worker: WorkerFacts, log: Logger): Promise<Monitor> {
    const server = createServer();
    server.listen(port, host);
    try {
      await once(server, 'listening');
    } catch (error) {
      throw notListening(host, port, error);
    }
    return new Monitor(server, worker, log);
  }

  /** The URL at which the server listens. */
  get url(): string {
    const { address, family, port } = this.#server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  /** Serves the metrics and the health of this worker from now on. */
  show(worker: Monitored): void {
    this.#worker = worker;
  }

  /** Stops listening and closes all connections. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve({ method, url }: IncomingMessage, response: ServerResponse): Promise<void> {
    const readOnly = method === 'GET' || method === 'HEAD';
    const { status, type, body } = readOnly
      ? await this.#reply(url ?? '/')
      : plain(405, 'Only GET and HEAD are allowed\n');
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
    if (path !== '/metrics' && path !== '/healthz') return plain(404, 'Not found; available: /metrics, /healthz\n');
    const worker = this.#worker;
    if (worker === null) return plain(503, 'starting\n');
    if (path === '/metrics') {
      const body = await this.metrics.render(worker.state.lane, await worker.readQueue());
      return { status: 200, type: this.metrics.contentType, body };
    }
    const health = healthOf(worker.state);
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
        : phrase('unknown reason');
  return new ShopError(
    'CONFIG',
    { setting: 'SHOP_METRICS_PORT', host, port, reason: code },
    {
      message: phrase`Metrics can't be served at ${host}:${port}: ${reason}.`,
      hint: phrase(
        'Choose a free port with `--metrics-port` (0 for any) and an address of this machine with `--metrics-host`.',
      ),
      cause,
    },
  );
}
