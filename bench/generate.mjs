#!/usr/bin/env node
// Generates input files for `shop user import`, `product import` and `batch run`. The same seed gives the same file.
//
//   node bench/generate.mjs users --users 10000 > users.csv
//   node bench/generate.mjs products --products 1000 > products.csv
//   node bench/generate.mjs charges --users 10000 > charges.csv
//   node bench/generate.mjs orders --orders 1000000 --users 10000 --products 1000 --seed 1 > orders.csv
//
// An order has one to four products, mostly those with low numbers. With low values of --points and --stock, some users run out of
// points, and some products run out of stock.
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { randomFrom } from './lib/random.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    users: { type: 'string', default: '10000' },
    products: { type: 'string', default: '1000' },
    orders: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    points: { type: 'string', default: '1000000000' },
    stock: { type: 'string', default: '1000000000' },
  },
});
const [users, products, orders, seed] = [values.users, values.products, values.orders, values.seed].map(Number);

const random = randomFrom(seed);
const upTo = (n) => 1 + Math.floor(random() * n);

const KINDS = {
  users: [['reference,name'], users, (i) => `u${i},User ${i}`],
  products: [['reference,name,price,stock'], products, (i) => `p${i},Product ${i},${upTo(500)},${values.stock}`],
  charges: [['kind,user,amount'], users, (i) => `charge,@u${i},${values.points}`],
  orders: [['user,items'], orders, () => order()],
};

function order() {
  const items = Array.from({ length: upTo(4) }, () => `@p${Math.ceil(products * random() ** 2) || 1}:${upTo(3)}`);
  return `@u${upTo(users)},${items.join(' ')}`;
}

const kind = KINDS[positionals[0]];
if (kind === undefined) throw new Error(`name one of ${Object.keys(KINDS).join(', ')}`);
const [header, count, row] = kind;
let text = `${header}\n`;
for (let i = 1; i <= count; i++) {
  text += `${row(i)}\n`;
  if (text.length > 65_536 || i === count) {
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
    text = '';
  }
}
