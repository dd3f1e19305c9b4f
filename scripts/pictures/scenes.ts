import { KEYS } from '../../test/support/terminal.ts';
import type { PictureShop, Session } from './picture-shop.ts';

/** A picture and the commands that lead to it. */
export interface Scene {
  /** Name of the picture's file. */
  readonly name: string;
  /** Title in the window's bar. */
  readonly title: string;
  readonly description: string;
  readonly columns: number;
  readonly rows: number;
  /** Resolves when the terminal shows the content of the picture. */
  readonly play: (session: Session, shop: PictureShop) => Promise<void>;
}

const BATCH_ROWS = 60_000;
/** Products of the sample orders. */
const MONTHLY = ['@pencil-hb', '@notebook-a5', '@ruler-30', '@fountain-pen'];
/** Matches the progress bar of a batch at 30 % to 89 %. The picture of the batch is taken at this point. */
const UNDER_WAY = /░ +[3-8]\d %/;

/** Creates the data that exists before the first scene. */
export async function prepare(shop: PictureShop): Promise<void> {
  await shop.run('user', 'create', '카페 서울 🍵', '--reference', 'cafe-seoul');
  await shop.run('product', 'create', '연필 2B', '--price', '180', '--stock', '300', '--reference', 'pencil-2b');
  await shop.run('product', 'create', '만년필 잉크', '--price', '9500', '--stock', '60', '--reference', 'ink-kr');
  await shop.run('charge', '@cafe-seoul', '60000');
  for (const user of ['@corner-cafe', '@hill-bakery']) await shop.run('charge', user, '1000000000');
  for (const product of MONTHLY) await shop.run('product', 'restock', product, '1000000');
  await shop.run('order', 'place', '@corner-cafe', '@notebook-a5:14', '@pencil-2b:23', '@pencil-hb:41');
  await shop.run('order', 'place', '@hill-bakery', '@ink-kr:6', '@fountain-pen:9', '@ruler-30:3');
  await shop.file('november.csv', ordersFile());
  await shop.file('till.csv', TILL_FILE);
}

/** Returns the text of a batch file with a month of orders. The stock is sufficient for all orders. */
function ordersFile(): string {
  const rows = Array.from({ length: BATCH_ROWS }, (_, row) => {
    const user = row % 3 === 0 ? '@hill-bakery' : '@corner-cafe';
    return `${user},${MONTHLY[row % MONTHLY.length]}:1`;
  });
  return ['user,items', ...rows, ''].join('\n');
}

const TILL_FILE = `kind,user,items,amount
charge,@north-gate-school,,90000
order,@north-gate-school,@backpack:3,
order,@north-gate-school,@desk-lamp:2,
order,@north-gate-school,desk-lamp,
`;

export const SCENES: readonly Scene[] = [
  {
    name: 'first-session',
    title: 'A first session',
    description: 'A terminal: points are charged to a user, an order is placed, and its receipt is shown.',
    columns: 88,
    rows: 50,
    play: (session) =>
      session.run(
        'shop charge @mirae-munbang 45000 --key payment-2041',
        'shop order place @mirae-munbang @pencil-2b:20 @ink-kr:3 @fountain-pen --key order-7',
      ),
  },
  {
    name: 'product-top',
    title: 'shop product top',
    description: 'The five best sellers of the last three days, each with a bar for the units sold.',
    columns: 80,
    rows: 30,
    play: (session) => session.run('shop product top --fresh'),
  },
  {
    name: 'prompt-user',
    title: 'shop order place',
    description: 'The prompt for a user: it searches the names for the typed text, and offers two users.',
    columns: 80,
    rows: 24,
    play: async (session) => {
      await session.start('shop order place', '❯');
      await session.type('cafe', (screen) => screen.includes('cafe') && !screen.includes('Harbour'));
    },
  },
  {
    name: 'prompt-products',
    title: 'shop order place',
    description: 'The prompt for products: a list with prices and stock, where one product is chosen already.',
    columns: 80,
    rows: 24,
    play: toProducts,
  },
  {
    name: 'prompt-summary',
    title: 'shop order place',
    description: 'The order with its total, and the confirmation prompt.',
    columns: 80,
    rows: 40,
    play: async (session) => {
      await toProducts(session);
      await session.type(KEYS.enter, 'Send this order?');
    },
  },
  {
    name: 'batch-run',
    title: 'shop batch run',
    description: 'A run of a file of orders: an unreadable row is reported, and every other row has an outcome.',
    columns: 100,
    rows: 40,
    play: (session) => session.run('shop batch run till.csv --name till-4', 'shop batch results till-4'),
  },
  {
    name: 'errors',
    title: 'Errors',
    description: 'Errors on a terminal: each says what is wrong and what to do next.',
    columns: 100,
    rows: 40,
    play: (session) =>
      session.run(
        'shop order place @north-gate-school @desk-lamp:2',
        'shop charge 5 9999 --key payment-2041',
        'shop ordr list',
        'shop order cancel 4711',
      ),
  },
  {
    name: 'doctor',
    title: 'shop doctor',
    description: 'The checks of servers, settings and workers, each with its result.',
    columns: 100,
    rows: 50,
    play: (session) => session.run('shop doctor'),
  },
  {
    name: 'audit',
    title: 'shop audit',
    description: 'The checks of the books, each with the number of rows that it read.',
    columns: 80,
    rows: 50,
    play: (session) => session.run('shop audit'),
  },
  {
    name: 'queue-watch',
    title: 'shop queue status --watch',
    description:
      'The live screen of the queue, while two batches are applied: pending requests, rates, workers and progress.',
    columns: 100,
    rows: 24,
    play: async (session, shop) => {
      await shop.run('queue', 'pause');
      for (const name of ['november', 'november-late'])
        await shop.run('batch', 'run', 'november.csv', '--name', name, '--no-wait', '--yes');
      await shop.run('queue', 'resume');
      await session.start('shop queue status --watch', UNDER_WAY);
    },
  },
  {
    name: 'batch-watch',
    title: 'shop batch show --watch',
    description: 'The live screen of a batch: a bar, the rate, the time left, and the outcomes so far.',
    columns: 80,
    rows: 24,
    play: (session) => session.start('shop batch show november-late --watch', UNDER_WAY),
  },
  {
    name: 'shell',
    title: 'shop shell',
    description: 'The shell: commands at a prompt, completed with Tab.',
    columns: 80,
    rows: 40,
    play: async (session) => {
      const { terminal } = session;
      await session.start('shop shell', /shop>$/);
      await session.start('balance @mirae-munbang', /BALANCE +[\d,]+\nshop>$/);
      await session.start('cart add @mirae-munbang @pencil-hb:12', /TOTAL[^\n]*\nshop>$/);
      terminal.type('order pl');
      await terminal.shows(/order pl$/);
      await session.type(KEYS.tab, /order place$/);
      await session.type('@mirae-munbang @pe', /@pe$/);
      await session.type(KEYS.tab, /@pencil-$/);
      await session.type(KEYS.tab, /@pencil-2b:[\s\S]*@pencil-$/);
    },
  },
];

async function toProducts(session: Session): Promise<void> {
  await session.start('shop order place', '❯');
  await session.type('서울', (screen) => /❯.*서울/.test(screen) && !screen.includes('Harbour'));
  await session.type(KEYS.enter, 'Pencil HB');
  await session.type('연필', (screen) => /❯.*연필 2B/.test(screen) && !screen.includes('Pencil HB'));
  await session.type(KEYS.enter, 'quantity of 연필 2B');
  await session.type(`24${KEYS.enter}`, 'No more products');
}
