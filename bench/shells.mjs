import { createInterface } from 'node:readline';
import { BareShop } from './lib/bare.mjs';
import { orderMaker } from './lib/orders.mjs';
import { Report } from './lib/report.mjs';
import { inTurns, median } from './lib/rounds.mjs';
import { openServers } from './lib/servers.mjs';
import { Shop } from './lib/shop.mjs';

const SIZES = {
  full: { alone: 100, together: 50, users: 2_000, products: 100 },
  small: { alone: 10, together: 5, users: 200, products: 100 },
};
const SHELLS = 8;

/** Measures `shop shell` processes that place orders one after another: one process alone, and eight at once. */
export async function shells(scope, { source, scale, rounds, say, earlier }) {
  const { alone, together, users, products } = SIZES[scale];
  const servers = await openServers(scope, source);
  const shop = await openPeer(scope, servers, 'shop', { users, products });
  const before = earlier && (await openPeer(scope, servers, 'earlier', { users, products, program: earlier }));
  const bare = await BareShop.open(scope, servers, { source, users, products });
  const bareOrder = orderMaker({ ...bare.shop, seed: 1 });
  const times = { shell: [], bare: [] };
  const peers = {
    '1 shell, ms an order': async ({ warmUp }) => {
      const taken = await inTurn(alone, () => shop.shells[0].place());
      if (!warmUp) times.shell.push(...taken);
      return median(taken);
    },
    'bare transaction, ms': async ({ warmUp }) => {
      const taken = [];
      for (let sample = 0; sample < alone; sample++) taken.push(await bare.timeOne(bareOrder()));
      if (!warmUp) times.bare.push(...taken);
      return median(taken);
    },
    '8 shells, orders/s': () => ratePlacing(shop, together),
    ...(before && { 'the earlier program, 8 shells, orders/s': () => ratePlacing(before, together) }),
  };
  const figures = await inTurns(peers, rounds, say);
  for (const { shells: opened } of [shop, before].filter(Boolean)) for (const shell of opened) shell.end();
  for (const each of [shop.shop, before?.shop, bare.shop].filter(Boolean)) await each.check();
  const report = new Report(`Shells: one order after another, ${alone} a round alone`, servers.about);
  report.addFigures('ms', { '1 shell, an order': times.shell, 'bare transaction': times.bare });
  const rates = Object.fromEntries(Object.entries(figures).filter(([name]) => name.endsWith('orders/s')));
  report.addFigures('orders/s', rates);
  report.addRatio('shells: one order of 1 shell, median, to a bare transaction', {
    of: figures['1 shell, ms an order'],
    to: figures['bare transaction, ms'],
    atMost: 3,
  });
  if (before) {
    report.addRatio('shells: 8 shells to those of the earlier program', {
      of: figures['8 shells, orders/s'],
      to: figures['the earlier program, 8 shells, orders/s'],
      atLeast: 2.5,
    });
  }
  return report;
}

/** Opens a shop with its worker and shells, which all run the same program. */
async function openPeer(scope, servers, name, options) {
  const shop = await Shop.stocked(scope, servers, name, options);
  await shop.startWorker();
  const open = (seed) => new ShellClient(scope, shop, orderMaker({ ...shop, seed }));
  return { shop, shells: Array.from({ length: SHELLS }, (_, index) => open(index + 1)) };
}

/** Returns the orders per second of all shells of a peer together. */
async function ratePlacing({ shells: all }, orders) {
  const started = performance.now();
  await Promise.all(all.map((shell) => inTurn(orders, () => shell.place())));
  return (all.length * orders * 1_000) / (performance.now() - started);
}

async function inTurn(count, work) {
  const taken = [];
  for (let done = 0; done < count; done++) {
    const started = performance.now();
    await work();
    taken.push(performance.now() - started);
  }
  return taken;
}

/** A `shop shell` process. It gets each line only after it has printed the output of the previous one. */
class ShellClient {
  #child;
  #lines;
  #nextOrder;

  constructor(scope, shop, nextOrder) {
    this.#child = scope.spawn([shop.program, 'shell', '--json'], {
      env: shop.env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#nextOrder = nextOrder;
  }

  async place() {
    const { user, product, quantity } = this.#nextOrder();
    this.#child.stdin.write(`order place ${user} ${product}:${quantity}\n`);
    const { value = '', done } = await this.#lines.next();
    if (done || JSON.parse(value).status !== 'placed') throw new Error(`no order was placed: ${value}`);
  }

  end() {
    this.#child.stdin.end();
  }
}
