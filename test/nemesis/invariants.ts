import { plainRanking } from '../support/sales.ts';
import type { TestShop } from '../support/shop.ts';
import type { Operator } from './operator.ts';
import { replay } from './replay.ts';

interface Stored {
  readonly key: string;
  readonly id: number;
  readonly status: string | null;
  readonly code: string | null;
  readonly details: string | null;
  readonly attempts: number | null;
  readonly batch: string | null;
}

/** Checks every invariant of the shop; returns each violation as a sentence. */
export async function findViolations(shop: TestShop, operators: readonly Operator[]): Promise<string[]> {
  const stored = await shop.sql<Stored>(
    `SELECT r.idempotency_key AS 'key', r.id, o.status, o.code, o.details, o.attempts, b.name AS batch
     FROM requests r LEFT JOIN outcomes o ON o.request_id = r.id LEFT JOIN batches b ON b.id = r.batch_id`,
  );
  const audit = await shop.run(['audit', '--json']);
  return [
    ...(audit.status === 0 ? [] : [`the audit says ${audit.stdout} ${audit.stderr}`]),
    ...(await shop.faults()).map((fault) => `plain SQL finds ${JSON.stringify(fault)}`),
    ...stored.filter(({ status }) => status === null).map(({ key }) => `${key} has no outcome`),
    ...stored
      .filter(({ attempts }) => attempts !== null && attempts > 3)
      .map(({ key, attempts }) => `${key} had ${attempts} attempts`),
    ...compareResults(stored, operators),
    ...(await replay(shop)),
    ...(await compareRanking(shop)),
    ...(await openConnections(shop)),
  ];
}

/** Compares the output of commands with the outcomes. */
function compareResults(stored: readonly Stored[], operators: readonly Operator[]): string[] {
  const byKey = new Map(stored.map((row) => [row.key, row]));
  const requests = operators
    .flatMap(({ requests }) => requests)
    .filter(({ key, status, output }) => !agrees(byKey.get(key), status, output))
    .map(({ key, command, status, output }) => {
      return `shop ${command} exited with ${status} and printed ${JSON.stringify(output)}; stored is ${JSON.stringify(byKey.get(key))}`;
    });
  const batches = operators
    .flatMap(({ batches }) => batches)
    .flatMap(({ name, output }) => {
      const rows = stored.filter(({ batch }) => batch === name);
      const count = (status: string) => rows.filter((row) => row.status === status).length;
      return ['applied', 'refused', 'failed'].flatMap((status) =>
        output[status] === count(status)
          ? []
          : [`batch ${name} reported ${output[status]} ${status}; stored are ${count(status)}`],
      );
    });
  return [...requests, ...batches];
}

function agrees(row: Stored | undefined, status: number | null, output: Record<string, unknown>): boolean {
  // such a command was refused before anything was recorded
  if (row === undefined) return status !== 0 && typeof output.code === 'string';
  if (status !== 0) return output.code === row.code;
  const details: Record<string, unknown> = JSON.parse(row.details ?? '{}');
  return (
    row.status === 'applied' &&
    output.requestId === row.id &&
    (output.balance ?? output.stock) === (details.balance ?? details.stock)
  );
}

async function compareRanking(shop: TestShop): Promise<string[]> {
  const { items, from, to } = await shop.ok<{ items: { productId: number; sold: number }[]; from: string; to: string }>(
    ['product', 'top', '--fresh'],
  );
  const seen = JSON.stringify(items.map(({ productId, sold }) => ({ productId, sold })));
  const plain = JSON.stringify(
    (await plainRanking(shop, new Date(from), new Date(to))).map(({ productId, sold }) => ({ productId, sold })),
  );
  return seen === plain ? [] : [`the ranking is ${seen}, a plain query returns ${plain}`];
}

async function openConnections(shop: TestShop): Promise<string[]> {
  try {
    await shop.disconnected(30_000);
    return [];
  } catch (error) {
    return [String(error)];
  }
}
