import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type Command, type Framer, type Message, MYSQL, type Protocol, REDIS } from './protocols.ts';

/** A command or response that the proxy holds, together with all bytes behind it. */
export interface Held {
  /** Passes on the command or response. */
  release(): void;
  /** Discards the command or response and cuts its connection. */
  discard(): void;
}

/** The action for the next matching command. */
interface Watch {
  readonly command: Command;
  readonly at: 'request' | 'reply';
  readonly seen: (held: Held) => void;
}

/**
 * A TCP proxy on loopback in front of MySQL or Redis that injects network faults. By default it passes everything on.
 * It recognizes commands unless TLS is used.
 */
export class TcpProxy {
  /** The server's URL through the proxy. */
  readonly url: string;
  readonly #protocol: Protocol;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  readonly #watches: Watch[] = [];
  #refusing = false;
  #paused = false;
  #delayMs = 0;

  private constructor(server: Server, target: URL, protocol: Protocol) {
    this.#server = server;
    this.#protocol = protocol;
    const url = new URL(target);
    url.hostname = '127.0.0.1';
    url.port = String((server.address() as AddressInfo).port);
    this.url = url.href;
    server.on('connection', (client: Socket) => this.#accept(client, target));
  }

  /** @param url `mysql://` or `redis://`; the server need not run yet. */
  static async before(url: string): Promise<TcpProxy> {
    const target = new URL(url);
    // the end of a connection is passed on in order, so it waits behind bytes that are held
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpProxy(server, target, target.protocol === 'redis:' ? REDIS : MYSQL);
  }

  /** Number of open connections. */
  get connections(): number {
    return this.#links.size;
  }

  /** Cuts all connections; new ones are accepted. */
  cut(): void {
    for (const link of this.#links) link.destroy();
  }

  /** Refuses new connections; open ones stay. */
  refuse(): void {
    this.#refusing = true;
  }

  /** Accepts new connections again. */
  accept(): void {
    this.#refusing = false;
  }

  /** Delays all bytes in both directions by the given milliseconds. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /**
   * Holds all bytes and connection ends in both directions, for old and new connections. As with lost packets, neither
   * side learns that the other has closed its connection.
   */
  pause(): void {
    this.#paused = true;
  }

  /** Passes on everything that was held, and stops holding. */
  resume(): void {
    this.#paused = false;
    for (const link of this.#links) link.flow();
  }

  /** Discards the response to the next matching command and cuts its connection. Resolves afterwards. */
  async dropReply(command: Command): Promise<void> {
    (await this.holdReply(command)).discard();
  }

  /** Resolves when a client has sent the next matching command, which the server has not received. */
  hold(command: Command): Promise<Held> {
    return this.#watch(command, 'request');
  }

  /**
   * Resolves when the server has responded to the next matching command, and holds the response. For a packet of
   * several statements, this is the response to the last one.
   */
  holdReply(command: Command): Promise<Held> {
    return this.#watch(command, 'reply');
  }

  /** Closes the proxy and all its connections. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cut();
    await closed;
  }

  #watch(command: Command, at: Watch['at']): Promise<Held> {
    return new Promise((seen) => this.#watches.push({ command, at, seen }));
  }

  /** Returns the watch for this command and removes it. */
  #take(words: readonly string[]): Watch | null {
    const index = this.#watches.findIndex(({ command }) =>
      typeof command === 'string' ? this.#protocol.names(words, command) : command(words),
    );
    return index === -1 ? null : (this.#watches.splice(index, 1)[0] ?? null);
  }

  #accept(client: Socket, target: URL): void {
    if (this.#refusing) {
      client.resetAndDestroy();
      return;
    }
    const server = connect({
      host: target.hostname.replace(/^\[|\]$/g, ''),
      port: Number(target.port) || this.#protocol.defaultPort,
      allowHalfOpen: true,
    });
    const link = new Link(client, server, this.#protocol, {
      take: (words) => this.#take(words),
      paused: () => this.#paused,
      delayMs: () => this.#delayMs,
      closed: () => this.#links.delete(link),
    });
    this.#links.add(link);
  }
}

interface LinkOptions {
  readonly take: (words: readonly string[]) => Watch | null;
  readonly paused: () => boolean;
  readonly delayMs: () => number;
  readonly closed: () => void;
}

/** A connection from a client to the proxy, and the proxy's connection to the server. */
class Link {
  readonly #up: Stream;
  readonly #down: Stream;
  readonly #sockets: readonly [Socket, Socket];
  readonly #options: LinkOptions;
  readonly #pipelined: boolean;
  readonly #hasMore: Protocol['hasMore'];
  /** Number of commands without a response; counted only for pipelined protocols. */
  #unanswered = 0;
  /** The watch for a response, and the number of responses that come before it. */
  #awaited: { readonly watch: Watch; before: number } | null = null;

  constructor(client: Socket, server: Socket, protocol: Protocol, options: LinkOptions) {
    this.#sockets = [client, server];
    this.#options = options;
    this.#pipelined = protocol.pipelined;
    this.#hasMore = protocol.hasMore;
    const closed = () => this.destroy();
    this.#up = new Stream(client, server, protocol.requests(), {
      ...options,
      mayPass: (message) => this.#request(message),
      closed,
    });
    this.#down = new Stream(server, client, protocol.replies(), {
      ...options,
      mayPass: (message) => this.#reply(message),
      closed,
    });
    for (const socket of this.#sockets) {
      socket.setNoDelay(true);
      socket.on('error', () => {});
    }
  }

  /** Passes on messages that are no longer held. */
  flow(): void {
    this.#up.flow();
    this.#down.flow();
  }

  destroy(): void {
    for (const stream of [this.#up, this.#down]) stream.stop();
    for (const socket of this.#sockets) socket.destroy();
    this.#options.closed();
  }

  /** Returns true if the command may be passed on. */
  #request({ command }: Message): boolean {
    const watch = command === null ? null : this.#options.take(command);
    if (watch?.at === 'request') {
      this.#holdAt(this.#up, watch);
      return false;
    }
    if (watch !== null) this.#awaited = { watch, before: this.#pipelined ? this.#unanswered : 0 };
    if (this.#pipelined) this.#unanswered++;
    return true;
  }

  /** Returns true if the response may be passed on. */
  #reply({ bytes }: Message): boolean {
    if (this.#pipelined) this.#unanswered--;
    if (this.#awaited === null || this.#hasMore(bytes) || this.#awaited.before-- > 0) return true;
    const { watch } = this.#awaited;
    this.#awaited = null;
    this.#holdAt(this.#down, watch);
    return false;
  }

  #holdAt(stream: Stream, { at, seen }: Watch): void {
    seen({
      release: () => {
        if (at === 'request' && this.#pipelined) this.#unanswered++;
        stream.release();
      },
      discard: () => this.destroy(),
    });
  }
}

interface StreamOptions extends LinkOptions {
  /** Called once for each message. If it returns false, the message and everything behind it are held. */
  readonly mayPass: (message: Message) => boolean;
}

/** An item in one direction: a message, the end of the stream, or the closed connection of the sender. */
type StreamItem = Message | 'end' | 'close';

/** One direction of a connection. */
class Stream {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #options: StreamOptions;
  readonly #line: { readonly part: StreamItem; readonly due: number; asked: boolean }[] = [];
  #held = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(from: Socket, to: Socket, framer: Framer, options: StreamOptions) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
    from.on('data', (chunk: Buffer) => this.#add(...framer.push(chunk)));
    from.on('end', () => this.#add('end'));
    from.on('close', () => this.#add('close'));
    to.on('drain', () => from.resume());
  }

  /** Passes on the items that are due, up to the first one that is held. */
  flow(): void {
    clearTimeout(this.#timer);
    for (let next = this.#line[0]; next !== undefined && !this.#held && !this.#options.paused(); next = this.#line[0]) {
      const wait = next.due - performance.now();
      if (wait > 0) {
        this.#timer = setTimeout(() => this.flow(), wait);
        return;
      }
      this.#held = !next.asked && typeof next.part === 'object' && !this.#options.mayPass(next.part);
      next.asked = true;
      if (this.#held) return;
      this.#line.shift();
      this.#pass(next.part);
    }
  }

  /** Passes on the held message and everything behind it. */
  release(): void {
    this.#held = false;
    this.flow();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#line.length = 0;
  }

  #add(...parts: StreamItem[]): void {
    const due = performance.now() + this.#options.delayMs();
    for (const part of parts) this.#line.push({ part, due, asked: false });
    this.flow();
  }

  #pass(part: StreamItem): void {
    if (part === 'close') this.#options.closed();
    else if (this.#to.destroyed) return;
    else if (part === 'end') this.#to.end();
    else if (!this.#to.write(part.bytes)) this.#from.pause();
  }
}
