import { expect, it } from 'vitest';
import { PLAIN } from '../../cli/output/page.ts';
import { toTable } from '../../cli/output/table.ts';
import { widthOf } from '../../cli/output/text.ts';
import type { View } from '../../cli/output/view.ts';
import { HISTORY } from './view.ts';

it('lists the largest amounts in columns on a terminal of 80 columns', async () => {
  const row = {
    id: 12_345_678,
    type: 'adjustment',
    amount: -1_000_000_000_000,
    balanceAfter: 9_007_199_254_740_991,
    requestId: 12_345_678,
    orderId: null,
    reason: 'charged 50,000 instead of 5,000',
    createdAt: new Date(),
  };
  const page = { ...PLAIN, terminal: true, width: 80 };
  const lines = (await toTable([row], HISTORY as unknown as View<unknown, unknown>, page)).trimEnd().split('\n');
  expect(lines[0]).toMatch(/^TYPE +AMOUNT +BALANCE AFTER +CREATED AT$/);
  expect(lines[1]).toMatch(/^adjustment +-1,000,000,000,000 +9,007,199,254,740,991 +\d{4}-/);
  expect(lines.filter((line) => widthOf(line) > 80)).toEqual([]);
});
