import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runNode } from './lib/programs.mjs';
import { Report } from './lib/report.mjs';
import { inTurns, mapValues } from './lib/rounds.mjs';
import { openServers } from './lib/servers.mjs';
import { Shop } from './lib/shop.mjs';
import { SHOP } from './lib/source.mjs';

const ONE_SELECT = fileURLToPath(new URL('lib/one-select.mjs', import.meta.url));
const ONE_GET = fileURLToPath(new URL('lib/one-get.mjs', import.meta.url));
/** Number of runs of each command in a round. */
const RUNS = { full: 4, small: 1 };

/** Measures commands, each as a new process. */
export async function reads(scope, { source, scale, rounds, say }) {
  const servers = await openServers(scope, source);
  const shop = await Shop.stocked(scope, servers, 'shop', { users: 100, products: 100 });
  await shop.startWorker();
  const file = join(servers.folder, 'orders.csv');
  writeFileSync(file, `user,items\n${shop.productIds.map((id) => `${shop.userIds[0]},${id}:${id}\n`).join('')}`);
  await shop.command('batch', 'run', file);
  await shop.command('ranking', 'refresh');
  const { source: from } = await shop.command('product', 'top');
  if (from !== 'cache') throw new Error(`the top products came from the ${from}`);

  const user = String(shop.userIds[0]);
  const peers = {
    'node -e 0': ['-e', '0'],
    'shop --help': [SHOP, '--help'],
    'shop balance': [SHOP, 'balance', user],
    'a script with mysql2': [ONE_SELECT, shop.url, user],
    'shop charge': [SHOP, 'charge', user, '5'],
    'shop product top': [SHOP, 'product', 'top'],
    'a script with ioredis': [ONE_GET, shop.redisUrl, source.rankingKey(shop.prefix)],
  };
  const timed = mapValues(peers, (args) => () => timeCommand(scope, args, shop.env));
  const figures = await inTurns(timed, rounds * RUNS[scale], say);
  await shop.check();
  const report = new Report('Reads: commands from cold, from start to end', servers.about);
  report.addFigures('ms', figures);
  const ratio = (what, to, limit) =>
    report.addRatio(`reads: ${what} to ${to}`, { of: figures[what], to: figures[to], ...limit });
  ratio('shop --help', 'node -e 0', { atMost: 1.3 });
  ratio('shop balance', 'a script with mysql2', { atMost: 1.3 });
  ratio('shop balance', 'node -e 0', {});
  ratio('shop charge', 'shop balance', { atMost: 1.3 });
  ratio('shop product top', 'a script with ioredis', {});
  ratio('shop product top', 'node -e 0', {});
  return report;
}

async function timeCommand(scope, args, env) {
  const { code, ms, stderr } = await runNode(scope, args, { env });
  if (code !== 0) throw new Error(`${args.join(' ')}: ${code} ${stderr}`);
  return ms;
}
