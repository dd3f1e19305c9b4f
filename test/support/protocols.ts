import { createHash } from 'node:crypto';

/** One complete message of a protocol. */
export interface Message {
  readonly bytes: Buffer;
  /**
   * The words of a command that a client sends: MySQL's SQL text as one word, or Redis's name and arguments; otherwise null.
   */
  readonly command: readonly string[] | null;
}

/** Splits a stream of bytes, which arrive in chunks of any size, into messages. */
export interface Framer {
  push(chunk: Buffer): Message[];
}

/** Protocol rules that a proxy needs. */
export interface Protocol {
  readonly defaultPort: number;
  /** Creates a framer for messages of clients. */
  requests(): Framer;
  /** Creates a framer for messages of the server. A Redis response is one message; a MySQL response is one or more packets. */
  replies(): Framer;
  /** True if clients send further commands before earlier ones have a response. Each response is then one message. */
  readonly pipelined: boolean;
  /** True if more messages of the same response follow. */
  hasMore(reply: Buffer): boolean;
  /** True if `words` are a command or a statement that begins with `name`, in upper or lower case. */
  names(words: readonly string[], name: string): boolean;
}

/** Returns the length of the first message in `bytes`, or null if it is incomplete. */
type Measure = (bytes: Buffer) => number | null;

function framer(measure: Measure, read: (message: Buffer) => readonly string[] | null): Framer {
  let rest: Buffer = Buffer.alloc(0);
  return {
    push(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const messages: Message[] = [];
      for (let length = measure(rest); length !== null; length = measure(rest)) {
        const bytes = rest.subarray(0, length);
        rest = rest.subarray(length);
        messages.push({ bytes, command: read(bytes) });
      }
      return messages;
    },
  };
}

const MYSQL_HEADER = 4;
const COM_QUERY = 0x03;
/** Bytes before the text of a statement if the client supports query attributes: no attributes, in one set. */
const NO_ATTRIBUTES = Buffer.from([0, 1]);

/**
 * Returns the length of a packet. A packet has its length in three bytes, a sequence number that starts at 0 in each
 * exchange, and the payload.
 */
function mysqlLength(bytes: Buffer): number | null {
  if (bytes.length < MYSQL_HEADER) return null;
  const length = MYSQL_HEADER + bytes.readUIntLE(0, 3);
  return bytes.length < length ? null : length;
}

/**
 * Returns the text of a statement, or null for other packets. A statement begins an exchange. During the handshake, a
 * client begins no exchange.
 */
function mysqlStatement(packet: Buffer): readonly string[] | null {
  if (packet[3] !== 0 || packet[MYSQL_HEADER] !== COM_QUERY) return null;
  const body = packet.subarray(MYSQL_HEADER + 1);
  const text = body.subarray(0, 2).equals(NO_ATTRIBUTES) ? body.subarray(2) : body;
  return [text.toString()];
}

/** First byte of a response without rows. */
const OK = 0x00;
/** Server status flag: the response to the next statement of the packet follows. */
const MORE_RESULTS = 0x0008;

/** Returns the server status in an OK packet. Two length-encoded integers precede the status. */
function statusOfOk(packet: Buffer): number {
  let at = MYSQL_HEADER + 1;
  for (let number = 0; number < 2; number++) {
    const first = packet[at] ?? 0;
    at += first < 0xfb ? 1 : ({ 252: 3, 253: 4, 254: 9 }[first] ?? 1);
  }
  return packet.readUInt16LE(at);
}

/** The protocol of MySQL without TLS, with statements sent as text. */
export const MYSQL: Protocol = {
  defaultPort: 3306,
  pipelined: false,
  requests: () => framer(mysqlLength, mysqlStatement),
  replies: () => framer(mysqlLength, () => null),
  hasMore: (packet) => packet[MYSQL_HEADER] === OK && (statusOfOk(packet) & MORE_RESULTS) !== 0,
  // a line break within a value is escaped
  names: ([text = ''], name) =>
    text.split(';\n').some((statement) => {
      const found = statement.trimStart().toUpperCase();
      return found === name.toUpperCase() || found.startsWith(`${name.toUpperCase()} `);
    }),
};

/** Returns the end of the RESP value that begins at `start`, or null if it is incomplete. */
function respEnd(bytes: Buffer, start: number): number | null {
  const lineEnd = bytes.indexOf('\r\n', start);
  if (lineEnd === -1) return null;
  const end = lineEnd + 2;
  const kind = String.fromCharCode(bytes[start] ?? 0);
  if (kind !== '$' && kind !== '*') return end;
  const count = Number(bytes.toString('latin1', start + 1, lineEnd));
  if (kind === '$') {
    const whole = count < 0 ? end : end + count + 2;
    return whole > bytes.length ? null : whole;
  }
  let at: number | null = end;
  for (let i = 0; i < count && at !== null; i++) at = respEnd(bytes, at);
  return at;
}

/** Returns the words of a command: an array of bulk strings. */
function respWords(message: Buffer): readonly string[] | null {
  if (message[0] !== 0x2a) return null;
  const words: string[] = [];
  for (let at = message.indexOf('\r\n') + 2; at < message.length; ) {
    const lineEnd = message.indexOf('\r\n', at);
    const length = Number(message.toString('latin1', at + 1, lineEnd));
    words.push(message.toString('utf8', lineEnd + 2, lineEnd + 2 + length));
    at = lineEnd + 2 + length + 2;
  }
  return words;
}

const respLength: Measure = (bytes) => respEnd(bytes, 0);

/** The protocol of Redis with RESP2, without subscriptions. */
export const REDIS: Protocol = {
  defaultPort: 6379,
  pipelined: true,
  requests: () => framer(respLength, respWords),
  replies: () => framer(respLength, () => null),
  hasMore: () => false,
  names: ([word = ''], name) => word.toUpperCase() === name.toUpperCase(),
};

/** Selects commands by name, by the first words of a statement, or by a predicate on their words. */
export type Command = string | ((words: readonly string[]) => boolean);

/** Matches the Redis script with this source, sent as text or by digest. BullMQ's scripts are in `bullmq/dist/esm/scripts/`. */
export function script(source: string): Command {
  const digest = createHash('sha1').update(source).digest('hex');
  return ([name = '', code]) => /^eval(sha)?$/i.test(name) && (code === digest || code === source);
}
