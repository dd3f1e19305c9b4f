import { spawnSync } from 'node:child_process';
import { delimiter } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

/** Node.js binaries that `npm run test:node` passes, or by default the binary that runs the tests. */
const NODES = process.env.SHOP_TEST_NODES?.split(delimiter) ?? [process.execPath];

describe.each(NODES.map((node) => [spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim(), node]))(
  'on Node.js %s',
  (_, node) => {
    let shop: TestShop;

    beforeAll(async () => {
      shop = await TestShop.create({ node });
      await shop.ok(['db', 'seed']);
      await shop.startWorker();
    });

    afterAll(async () => {
      await shop.expectSound();
      await shop.close();
    });

    it('charges, orders and prints the correct balance', async () => {
      expect(await shop.ok(['charge', '1', '5000'])).toMatchObject({
        userId: 1,
        amount: 5000,
        balance: 5000,
        replayed: false,
      });
      const placed = await shop.ok(['order', 'place', '1', '1:2', '3:1']);
      expect(placed).toMatchObject({
        userId: 1,
        status: 'placed',
        total: 3500,
        balance: 1500,
        lines: [
          { productId: 1, name: 'Pencil HB', quantity: 2, unitPrice: 150, amount: 300 },
          { productId: 3, name: 'Fountain pen', quantity: 1, unitPrice: 3200, amount: 3200 },
        ],
      });
      expect(await shop.ok(['balance', '1'])).toEqual({ userId: 1, name: 'Corner Cafe', balance: 1500 });
    });

    it('runs a shell', async () => {
      const lines = 'charge 2 700\norder place 2 1\nbalance 2\n';
      const { status, stdout, stderr } = await shop.run(['shell', '-o', 'jsonl'], { stdin: lines });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ userId: 2, balance: 550 });
    });

    it('prints the same help and no warnings', async () => {
      expect(await shop.run(['--help'])).toEqual(
        expect.objectContaining({ status: 0, stdout: expect.stringContaining('Commands:'), stderr: '' }),
      );
    });
  },
);
