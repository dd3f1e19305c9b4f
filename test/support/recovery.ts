import { appendFile } from 'node:fs/promises';
import { eventually } from './eventually.ts';
import type { TestShop } from './shop.ts';

/** Waits until every request that is recorded by now has its outcome. */
export async function waitUntilDecided(shop: TestShop): Promise<void> {
  const [{ newest = 0 } = {}] = await shop.sql<{ newest: number }>('SELECT MAX(id) AS newest FROM requests');
  await eventually('every request has its outcome', async () => {
    const pending = await shop.sql(
      `SELECT r.id FROM requests r LEFT JOIN outcomes o ON o.request_id = r.id
       WHERE o.request_id IS NULL AND r.id <= ? LIMIT 1`,
      [newest],
    );
    return pending.length === 0;
  });
}

/**
 * Like `waitUntilDecided`, and reports how long it took. The test must not help the workers meanwhile.
 *
 * @param since end of the fault, by `performance.now()`.
 * @param row the number of the fault in docs/faults.md, for the optional report.
 * @returns the milliseconds since the end of the fault.
 */
export async function waitForRecovery(shop: TestShop, row: number | string, since: number): Promise<number> {
  await waitUntilDecided(shop);
  const ms = performance.now() - since;
  await reportRecovery(row, ms);
  return ms;
}

/**
 * Appends the number of a fault and the milliseconds to the file that SHOP_FAULTS_REPORT names.
 * `scripts/faults-table.mjs` reads it.
 */
export async function reportRecovery(row: number | string, ms: number): Promise<void> {
  const report = process.env.SHOP_FAULTS_REPORT;
  if (report !== undefined) await appendFile(report, `${JSON.stringify({ row, ms: Math.round(ms) })}\n`);
}
