import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BareShop } from './lib/bare.mjs';
import { onOneProduct, ordersFor } from './lib/orders.mjs';
import { openNoops, openTwin, quickest } from './lib/peers.mjs';
import { runNode } from './lib/programs.mjs';
import { Report } from './lib/report.mjs';
import { inTurns, mapValues } from './lib/rounds.mjs';
import { openServers } from './lib/servers.mjs';
import { Shop } from './lib/shop.mjs';
import { SHOP } from './lib/source.mjs';

const SIZES = {
  full: { many: 100_000, jobs: 30_000, few: 3_000, users: 2_000, products: 100 },
  small: { many: 10_000, jobs: 5_000, few: 500, users: 200, products: 100 },
};

/** Measures `shop batch run` with a file of orders. */
export async function batch(scope, { source, scale, rounds, say }) {
  const { many, jobs, few, users, products } = SIZES[scale];
  const servers = await openServers(scope, source);
  const shop = await Shop.stocked(scope, servers, 'shop', { users, products });
  const bare = await BareShop.open(scope, servers, { source, users, products });
  const twin = await openTwin(scope, servers, { source, users, products });
  const twin1 = await twin.withConcurrency(1);
  const noops = await openNoops(scope, servers);
  await shop.startWorker();
  const run = (orders) => timeBatch(scope, servers, shop, orders);
  const inserts = (orders) => bare.timeInserts(orders);
  const of = ordersFor();
  const figures = await inTurns(
    {
      'shop, 100 products': of(run, shop, many),
      'bare inserts, 100 products': of(inserts, bare.shop, many),
      'shop, 1 product': of(run, onOneProduct(shop), many),
      'bare inserts, 1 product': of(inserts, onOneProduct(bare.shop), many),
      'twin, one at a time': of(twin1, twin.shop, few),
      ...mapValues(noops, (noop) => of(noop, shop, jobs)),
    },
    rounds,
    say,
  );
  for (const each of [shop, bare.shop, twin.shop]) await each.check();
  const report = new Report(`Batch: a file of ${many} orders, from the start of the command to its end`, servers.about);
  report.addFigures('orders/s', figures);
  for (const on of ['100 products', '1 product']) {
    const ratio = (what, to, atLeast) =>
      report.addRatio(`batch, ${on}: shop to ${what}`, { of: figures[`shop, ${on}`], to, atLeast });
    ratio('twin, one at a time', figures['twin, one at a time'], 50);
    ratio('BullMQ, nothing done', quickest(figures, noops), 0.6);
    ratio('bare inserts', figures[`bare inserts, ${on}`], 0.7);
  }
  report.addRatio('batch: 1 product to 100 products', {
    of: figures['shop, 1 product'],
    to: figures['shop, 100 products'],
    atLeast: 0.95,
  });
  return report;
}

let batches = 0;

/** Returns orders per second, measured over the command's whole run. */
async function timeBatch(scope, { folder }, shop, orders) {
  const name = `bench-${++batches}`;
  const file = join(folder, `${name}.csv`);
  const lines = orders.map(({ user, product, quantity }) => `${user},${product}:${quantity}\n`);
  writeFileSync(file, `user,items\n${lines.join('')}`);
  const { code, ms, stdout, stderr } = await runNode(scope, [SHOP, 'batch', 'run', file, '--name', name, '--json'], {
    env: shop.env,
  });
  rmSync(file);
  if (code !== 0 || JSON.parse(stdout).applied !== orders.length) throw new Error(`batch run: ${code} ${stderr}`);
  return (orders.length / ms) * 1_000;
}
