import { expect } from 'vitest';
import { waitForRecovery } from './recovery.ts';
import type { Result, TestShop } from './shop.ts';

/** Maximum number of concurrent processes; more would only wait for a processor. */
const MAX_PROCESSES = 25;

/**
 * Runs each command in its own process, several at a time, and expects that each output matches the outcome of its key.
 *
 * @param row the number of the fault in docs/faults.md.
 */
export async function runConcurrently(
  shop: TestShop,
  row: number,
  commands: readonly (readonly string[])[],
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const left = commands.entries();
  let started = 0;
  const runSome = async () => {
    for (const [index, args] of left) {
      started = performance.now();
      results[index] = await shop.start([...args, '--json', '--timeout', '2m']).ended;
    }
  };
  await Promise.all(Array.from({ length: MAX_PROCESSES }, runSome));
  await waitForRecovery(shop, row, started);
  for (const [index, args] of commands.entries()) {
    const result = results[index];
    if (result !== undefined) await expectStored(shop, args.at(args.indexOf('--key') + 1) ?? '', result);
  }
  return results;
}

async function expectStored(shop: TestShop, key: string, { status, stdout, stderr }: Result): Promise<void> {
  const [stored] = await shop.sql<{ id: number; status: string; code: string | null; details: string }>(
    `SELECT r.id, o.status, o.code, o.details FROM requests r JOIN outcomes o ON o.request_id = r.id
     WHERE r.idempotency_key = ?`,
    [key],
  );
  // a command prints no ledger row of an order, but it prints names and returned units with the lines
  const { transactionId, names, refund, returned, ...details } = JSON.parse(stored?.details ?? '{}');
  if (status === 0) {
    expect({ ...JSON.parse(stdout), status: 'applied' }).toMatchObject({
      ...details,
      requestId: stored?.id,
      status: stored?.status,
    });
    return;
  }
  const { error } = JSON.parse(stderr);
  // after a conflict, the stored outcome is that of another request
  if (error.code === 'IDEMPOTENCY_CONFLICT') expect(error.details).toMatchObject({ key, requestId: stored?.id });
  else expect(error).toMatchObject({ code: stored?.code, details });
}

/** Counts results by their error code, or as `done`. */
export function tally(results: readonly Result[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, stdout, stderr } of results) {
    const outcome = status === 0 ? 'done' : (JSON.parse(stderr).error.code as string);
    // a command prints either data or an error
    expect(status === 0 ? stderr : stdout).toBe('');
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}
