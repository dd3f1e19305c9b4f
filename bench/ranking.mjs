import { runNode } from './lib/programs.mjs';
import { fillSales } from './lib/ranking-data.mjs';
import { Report } from './lib/report.mjs';
import { inTurns } from './lib/rounds.mjs';
import { openServers } from './lib/servers.mjs';
import { Shop } from './lib/shop.mjs';
import { SHOP } from './lib/source.mjs';

const SIZES = {
  full: { few: 50_000, many: 5_000_000, products: 1_000 },
  small: { few: 3_000, many: 60_000, products: 100 },
};
const HOUR_MS = 3_600_000;

/** Measures a refresh of the ranking in a busy shop and in a quiet one. */
export async function ranking(scope, { source, scale, rounds, say }) {
  const { few, many, products } = SIZES[scale];
  const servers = await openServers(scope, source);
  // the three days start at half past an hour, because a refresh then reads the most order lines of the first hour
  const end = new Date(Math.floor((Date.now() + HOUR_MS / 2) / HOUR_MS) * HOUR_MS - HOUR_MS / 2);
  const shops = [];
  for (const lines of [few, many]) {
    const shop = await Shop.empty(scope, servers, `lines_${lines}`);
    await fillSales(shop.sql, { lines, products, end });
    const session = await source.connect(shop.url);
    scope.add(() => session.close());
    const { items } = await checkRanking(source, shop, session, end);
    say(`filled with ${lines} lines; sold most: ${items}`);
    shops.push({ url: shop.url, redisUrl: shop.redisUrl, prefix: shop.prefix, env: shop.env, lines, session });
  }
  const [quiet, busy] = shops;
  const ways = {
    'computing it, at half past': { of: ({ session }) => source.computeRanking(session, end), limit: {} },
    'a refresh, as the worker does it': { of: (shop) => refresh(source, shop), limit: { atMost: 1.5 } },
    'shop ranking refresh': { of: (shop) => command(scope, shop), limit: { atMost: 1.5 } },
  };
  const report = new Report(`Ranking: ${many} order lines in three days, and ${few}`, servers.about);
  for (const [way, { of, limit }] of Object.entries(ways)) {
    const peers = [quiet, busy].map((shop) => [`${way}: ${shop.lines} lines`, () => timed(() => of(shop))]);
    // these times are so short that a single millisecond matters, so they need more rounds
    const figures = await inTurns(Object.fromEntries(peers), rounds * 2, say);
    report.addFigures('ms', figures);
    const [ofQuiet, ofBusy] = Object.values(figures);
    report.addRatio(`ranking: ${way}, busy to quiet`, { of: ofBusy, to: ofQuiet, ...limit });
  }
  return report;
}

async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function refresh({ ShopRanking }, { url, redisUrl, prefix }) {
  const shopRanking = new ShopRanking({ databaseUrl: url, redisUrl, prefix, periodMs: 60_000 });
  await shopRanking.refresh(0);
  await shopRanking.close();
}

async function command(scope, { env }) {
  const { code, stderr } = await runNode(scope, [SHOP, 'ranking', 'refresh'], { env });
  if (code !== 0) throw new Error(`ranking refresh: ${code} ${stderr}`);
}

/** Compares the ranking with the result of a plain query. @throws if they differ */
async function checkRanking({ computeRanking }, { sql }, session, end) {
  const { from, to, items } = await computeRanking(session, end);
  const [plain] = await sql.query(
    `SELECT l.product_id AS productId, CAST(SUM(l.quantity) AS SIGNED) AS sold
     FROM orders o JOIN order_lines l ON l.order_id = o.id
     WHERE o.status = 'placed' AND o.created_at BETWEEN ? AND ?
     GROUP BY l.product_id ORDER BY sold DESC, l.product_id LIMIT 5`,
    [from, to],
  );
  const [actual, expected] = [items, plain].map((rows) =>
    rows.map(({ productId, sold }) => `${productId}:${sold}`).join(' '),
  );
  if (actual !== expected) throw new Error(`the ranking is ${actual}, a plain query returns ${expected}`);
  return { items: actual };
}
