import { auditData } from './lib/audit-data.mjs';
import { runNode } from './lib/programs.mjs';
import { Report } from './lib/report.mjs';
import { inTurns } from './lib/rounds.mjs';
import { openServers } from './lib/servers.mjs';
import { Shop } from './lib/shop.mjs';
import { SHOP } from './lib/source.mjs';

const ORDERS = { full: 1_000_000, small: 20_000 };
const PRODUCTS = 2_000;

/** Measures `shop audit` on a shop that SQL statements have filled with the rows that a worker would write. */
export async function audit(scope, { source, scale, rounds, say }) {
  const orders = ORDERS[scale];
  const servers = await openServers(scope, source);
  const shop = await Shop.empty(scope, servers, 'audit');
  for (const statement of auditData({ orders, users: Math.ceil(orders / 10), products: PRODUCTS })) {
    await shop.sql.query(statement);
  }
  say(`filled with ${orders} orders`);
  const time = async () => {
    const { code, ms, stdout, stderr } = await runNode(scope, [SHOP, 'audit'], { env: shop.env });
    // `shop audit` prints the durations of its slow steps on standard error
    for (const line of stderr.split('\n').filter(Boolean)) say(line);
    if (code !== 0) throw new Error(`the audit ended with ${code}: ${stderr} ${stdout}`);
    return ms / 1_000;
  };
  const figures = await inTurns({ 'shop audit': time }, rounds, say);
  const report = new Report(`Audit: ${orders} orders`, servers.about);
  report.addFigures('s', figures);
  report.addLimit(`audit: of ${orders.toLocaleString('en')} orders`, {
    values: figures['shop audit'],
    unit: 's',
    atMost: 20,
  });
  return report;
}
