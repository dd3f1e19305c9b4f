// Is the worker of this container well? Ends with 0, or with 1 and one line that says what is wrong.
//
// The worker says nothing about itself yet, so it is judged by what can be seen: MySQL answers with the right schema,
// Redis answers, and the worker's process holds a connection to each. One that is frozen is noticed as well: MySQL hangs
// up on a lane that has sent no heartbeat for some seconds, and a frozen worker leaves that connection half closed.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { basename } from 'node:path';
import { promisify } from 'node:util';

/** Docker gives the whole check ten seconds. */
const LIMIT_MS = 6_000;

/** Through the program itself: it refuses a schema that is not the one it works with. */
async function askMysql() {
  const args = ['request', 'list', '--limit', '1', '--quiet', '--no-input'];
  await promisify(execFile)('shop', args, { timeout: LIMIT_MS, killSignal: 'SIGKILL' }).catch((error) => {
    throw new Error(error.killed ? 'MySQL does not answer' : error.stderr.trim() || error.message);
  });
}

/** @param {URL} url */
function askRedis({ hostname, port, username, password }) {
  const command = (...words) =>
    `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
  const account = [username, password].filter((part) => part !== '').map(decodeURIComponent);
  return new Promise((resolve, reject) => {
    let reply = '';
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379) });
    socket.setTimeout(LIMIT_MS, () => reject(new Error('Redis does not answer')));
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

/** The remote ports of the process's TCP connections in a state: '01' is established, '08' is hung up by the other side. */
function remotePorts(pid, wanted) {
  const held = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => linkIfThere(`/proc/${pid}/fd/${fd}`)));
  const ports = new Set();
  for (const table of ['tcp', 'tcp6']) {
    for (const row of readIfThere(`/proc/${pid}/net/${table}`).split('\n')) {
      const [, , remote = '', state, , , , , , inode] = row.trim().split(/\s+/);
      if (state === wanted && held.has(`socket:[${inode}]`)) ports.add(Number.parseInt(remote.split(':')[1], 16));
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
  // biome-ignore lint/style/noProcessEnv: no part of the program, and what it looks at has no other source
  const { SHOP_DATABASE_URL, SHOP_REDIS_URL } = process.env;
  const [databaseUrl, redisUrl] = [new URL(SHOP_DATABASE_URL), new URL(SHOP_REDIS_URL)];
  await Promise.all([askMysql(), askRedis(redisUrl)]);
  const pid = findWorker();
  if (pid === undefined) throw new Error('no worker runs');
  const [mysqlPort, redisPort] = [Number(databaseUrl.port || 3306), Number(redisUrl.port || 6379)];
  if (remotePorts(pid, '08').has(mysqlPort)) throw new Error('the worker does not notice that MySQL hung up on it');
  const connected = remotePorts(pid, '01');
  if (!connected.has(mysqlPort)) throw new Error('the worker has no connection to MySQL');
  if (!connected.has(redisPort)) throw new Error('the worker has no connection to Redis');
}

try {
  await check();
  process.stdout.write('well\n');
} catch (error) {
  process.stdout.write(`${error.message}\n`);
  // what a check that failed has left open is not waited for
  process.exit(1);
}
