// Is the worker of this container well? Ends with 0, or with 1 and one line that says what is wrong.
//
// The worker says nothing about itself yet, so it is judged by what can be seen: MySQL answers with the right schema,
// Redis answers, and the worker's process holds a connection to each. The one to MySQL is good evidence: the server
// hangs up on a worker that has not sent its heartbeat for some seconds, so that one that is frozen does not pass.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { basename } from 'node:path';
import { promisify } from 'node:util';

const LIMIT_MS = 8_000;

/** Through the program itself: it refuses a schema that is not the one it works with. */
async function askMysql() {
  await promisify(execFile)('shop', ['request', 'list', '--limit', '1', '--quiet', '--no-input']).catch((error) => {
    throw new Error(error.stderr?.trim() || error.message);
  });
}

/** @param {URL} url */
function askRedis({ hostname, port, username, password }) {
  const command = (...words) => `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
  const account = [username, password].filter((part) => part !== '').map(decodeURIComponent);
  return new Promise((resolve, reject) => {
    let reply = '';
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379) });
    socket.on('error', (error) => reject(new Error(`Redis can't be reached: ${error.message}`)));
    socket.on('close', () => reject(new Error('Redis hung up')));
    socket.on('data', (chunk) => {
      reply += chunk;
      const refusal = /^-(.*)\r\n/m.exec(reply);
      if (refusal !== null) reject(new Error(`Redis refuses: ${refusal[1]}`));
      else if (reply.includes('+PONG\r\n')) resolve(socket.destroy());
    });
    socket.write((account.length > 0 ? command('AUTH', ...account) : '') + command('PING'));
  });
}

/** The process id of `shop worker`, or undefined. */
function findWorker() {
  return readdirSync('/proc').find((name) => {
    if (!/^\d+$/.test(name)) return false;
    const [program = '', script = '', command] = readIfThere(`/proc/${name}/cmdline`).split('\0');
    return basename(program) === 'node' && /^shop(\.js)?$/.test(basename(script)) && command === 'worker';
  });
}

/** The remote ports of the process's TCP connections that both sides hold open. */
function connectedPorts(pid) {
  const held = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => linkIfThere(`/proc/${pid}/fd/${fd}`)));
  const ports = new Set();
  for (const table of ['tcp', 'tcp6']) {
    for (const row of readIfThere(`/proc/${pid}/net/${table}`).split('\n')) {
      const [, , remote = '', state, , , , , , inode] = row.trim().split(/\s+/);
      if (state === '01' && held.has(`socket:[${inode}]`)) ports.add(Number.parseInt(remote.split(':')[1], 16));
    }
  }
  return ports;
}

/** A process or a file of one may end while it is looked at. */
function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function linkIfThere(path) {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

async function check() {
  const databaseUrl = new URL(process.env.SHOP_DATABASE_URL);
  const redisUrl = new URL(process.env.SHOP_REDIS_URL);
  await Promise.all([askMysql(), askRedis(redisUrl)]);
  const pid = findWorker();
  if (pid === undefined) throw new Error('no worker runs');
  const ports = connectedPorts(pid);
  if (!ports.has(Number(databaseUrl.port || 3306))) throw new Error('the worker has no connection to MySQL');
  if (!ports.has(Number(redisUrl.port || 6379))) throw new Error('the worker has no connection to Redis');
}

function end(code, line) {
  console.log(line);
  process.exit(code);
}

setTimeout(() => end(1, `no answer within ${LIMIT_MS / 1000} seconds`), LIMIT_MS);
check().then(
  () => end(0, 'well'),
  (error) => end(1, error.message),
);
