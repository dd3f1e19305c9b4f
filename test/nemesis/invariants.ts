import { plainRanking } from '../support/sales.ts';
import type { TestShop } from '../support/shop.ts';
import type { BatchResult, CommandResult, Operator, RequestResult } from './operator.ts';
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

/**
 * Rules that plain SQL checks, in addition to those of `TestShop.faults`. Each statement selects the rows that break
 * one rule.
 */
const RULES: readonly string[] = [
  `SELECT 'returned units' AS fault, order_id, product_id FROM order_lines WHERE returned NOT BETWEEN 0 AND quantity`,
  `SELECT 'refunds' AS fault, o.id, o.refunded, SUM(t.amount) AS ledger FROM orders o
   LEFT JOIN point_transactions t ON t.order_id = o.id AND t.type = 'refund'
   GROUP BY o.id, o.refunded HAVING o.refunded <> COALESCE(SUM(t.amount), 0)`,
  `SELECT 'hourly sales' AS fault, hour, product_id, SUM(quantity) AS difference FROM (
     SELECT DATE_FORMAT(o.created_at, '%Y-%m-%d %H:00:00') AS hour, l.product_id, l.quantity - l.returned AS quantity
     FROM orders o JOIN order_lines l ON l.order_id = o.id
     UNION ALL SELECT DATE_FORMAT(hour, '%Y-%m-%d %H:00:00'), product_id, -CAST(quantity AS SIGNED) FROM hourly_sales
   ) units GROUP BY hour, product_id HAVING SUM(quantity) <> 0`,
  `SELECT 'withdrawn' AS fault, w.request_id, o.status, o.code, o.details FROM withdrawals w
   LEFT JOIN outcomes o ON o.request_id = w.request_id
   WHERE NOT COALESCE(o.status = 'refused' AND o.code = 'CANCELLED' AND o.details = '{}', FALSE)`,
  `SELECT 'not withdrawn' AS fault, o.request_id FROM outcomes o LEFT JOIN withdrawals w ON w.request_id = o.request_id
   WHERE o.code = 'CANCELLED' AND w.request_id IS NULL`,
  `SELECT 'activities of a cancelled request' AS fault, w.request_id, COUNT(a.id) AS activities FROM withdrawals w
   JOIN requests r ON r.id = w.request_id AND r.batch_id IS NULL
   LEFT JOIN activities a ON a.request_id = w.request_id AND a.action = 'request cancel'
   GROUP BY w.request_id HAVING COUNT(a.id) <> 1`,
  `SELECT 'activity without a cancelled request' AS fault, a.id FROM activities a
   LEFT JOIN withdrawals w ON w.request_id = a.request_id WHERE a.action = 'request cancel' AND w.request_id IS NULL`,
  `SELECT 'activities of a cancelled batch' AS fault, b.name, COUNT(a.id) AS activities FROM batches b
   LEFT JOIN activities a ON a.action = 'batch cancel' AND a.subject = CONCAT('batch ', b.name)
   GROUP BY b.id, b.name, b.cancelled_at HAVING COUNT(a.id) <> (b.cancelled_at IS NOT NULL)`,
  // each change must undo the previous change of this kind, because a change without an effect is not recorded
  `SELECT 'activity without a change' AS fault, id, action, subject FROM (
     SELECT id, action, subject, LAG(action) OVER (PARTITION BY subject ORDER BY id) AS previous FROM activities
     WHERE action IN ('user block', 'user unblock', 'product retire', 'product restore', 'queue pause', 'queue resume')
   ) changes WHERE action = previous OR previous IS NULL AND action IN ('user unblock', 'product restore', 'queue resume')`,
  ...[
    ['user', 'u.blocked_at IS NOT NULL', 'user block', 'user unblock'],
    ['product', 'u.retired_at IS NOT NULL', 'product retire', 'product restore'],
  ].map(
    ([kind, isOn, on, off]) =>
      `SELECT 'change without an activity' AS fault, '${kind}' AS kind, u.id FROM ${kind}s u
       WHERE (${isOn}) <> COALESCE((SELECT a.action = '${on}' FROM activities a
         WHERE a.subject = CONCAT('${kind} ', u.id) AND a.action IN ('${on}', '${off}') ORDER BY a.id DESC LIMIT 1), FALSE)`,
  ),
];

/** Checks every invariant of the shop; returns each violation as a sentence. */
export async function findViolations(shop: TestShop, operators: readonly Operator[]): Promise<string[]> {
  const stored = await shop.sql<Stored>(
    `SELECT r.idempotency_key AS 'key', r.id, o.status, o.code, o.details, o.attempts, b.name AS batch
     FROM requests r LEFT JOIN outcomes o ON o.request_id = r.id LEFT JOIN batches b ON b.id = r.batch_id`,
  );
  const audit = await shop.run(['audit', '--json']);
  const broken = await Promise.all(RULES.map((rule) => shop.sql(rule)));
  return [
    ...(audit.status === 0 ? [] : [`the audit says ${audit.stdout} ${audit.stderr}`]),
    ...[...(await shop.faults()), ...broken.flat()].map((fault) => `plain SQL finds ${JSON.stringify(fault)}`),
    ...stored.filter(({ status }) => status === null).map(({ key }) => `${key} has no outcome`),
    ...stored
      .filter(({ attempts }) => attempts !== null && attempts > 3)
      .map(({ key, attempts }) => `${key} had ${attempts} attempts`),
    ...compareResults(stored, operators),
    ...(await compareBatches(shop, stored, operators)),
    ...(await replay(shop)),
    ...(await compareRanking(shop)),
    ...(await openConnections(shop)),
  ];
}

/** Compares the outputs of commands for one request with the stored outcomes. */
function compareResults(stored: readonly Stored[], operators: readonly Operator[]): string[] {
  const byKey = new Map(stored.map((row) => [row.key, row]));
  const differing = (
    results: readonly RequestResult[],
    agree: (row: Stored | undefined, result: RequestResult) => boolean,
  ) =>
    results
      .filter((result) => !agree(byKey.get(result.key), result))
      .map((result) => describe(result, byKey.get(result.key)));
  return operators.flatMap(({ requests, cancelledRequests }) => [
    ...differing(requests, (row, { status, output }) => agrees(row, status, output)),
    ...differing(cancelledRequests, cancellationAgrees),
  ]);
}

function describe({ command, status, output }: CommandResult, stored: unknown): string {
  return `shop ${command} exited with ${status} and printed ${JSON.stringify(output)}; stored is ${JSON.stringify(stored)}`;
}

function agrees(row: Stored | undefined, status: number | null, output: Record<string, unknown>): boolean {
  // a command without a stored row was refused before the request was recorded
  if (row === undefined) return status !== 0 && typeof output.code === 'string';
  if (status !== 0) return output.code === row.code;
  const details: Record<string, unknown> = JSON.parse(row.details ?? '{}');
  return (
    row.status === 'applied' &&
    output.requestId === row.id &&
    (output.balance ?? output.stock) === (details.balance ?? details.stock)
  );
}

function cancellationAgrees(row: Stored | undefined, { status, output }: RequestResult): boolean {
  // without a stored row, the request was refused before it was recorded
  if (row === undefined) return output.code === 'INVALID_REQUEST';
  if (status === 0) return row.code === 'CANCELLED' && output.id === row.id && output.status !== 'applied';
  const details = output.details as Record<string, unknown>;
  return output.code === 'ALREADY_DECIDED' && details.status === row.status && details.code === row.code;
}

/** Compares the outputs of `batch run` and `batch cancel` with the outcomes of the rows. */
async function compareBatches(
  shop: TestShop,
  stored: readonly Stored[],
  operators: readonly Operator[],
): Promise<string[]> {
  const batches = await shop.sql<{ name: string; cancelled: 0 | 1 }>(
    'SELECT name, cancelled_at IS NOT NULL AS cancelled FROM batches',
  );
  const states = new Map(
    batches.map(({ name, cancelled }) => {
      const rows = stored.filter(({ batch }) => batch === name);
      const count = (matches: (row: Stored) => boolean) => rows.filter(matches).length;
      const state = {
        total: rows.length,
        applied: count(({ status }) => status === 'applied'),
        refused: count(({ status }) => status === 'refused'),
        failed: count(({ status }) => status === 'failed'),
      };
      return [name, { state, cancelled, withdrawn: count(({ code }) => code === 'CANCELLED') }] as const;
    }),
  );
  const agree = ({ name, status, output }: BatchResult): boolean => {
    const batch = states.get(name);
    if (batch === undefined) return output.code === 'INVALID_BATCH';
    // the batch was cancelled before it existed
    if (output.code === 'INVALID_BATCH') return batch.cancelled === 0;
    const totals = (status === 0 || status === 6 ? output : output.details) as Partial<Record<string, number>>;
    const sameAsNow = Object.entries(batch.state).every(([field, value]) => totals[field] === value);
    const laterRows = Object.entries(batch.state).every(([field, value]) => (totals[field] ?? 0) <= value);
    if (output.code === 'ALREADY_DECIDED') return sameAsNow;
    // the cancelled batch still had pending rows
    if (output.code === 'CANCELLED') return batch.cancelled === 1 && laterRows;
    if (typeof output.withdrawn !== 'number') return sameAsNow;
    return (
      batch.cancelled === 1 && laterRows && totals.total === batch.state.total && output.withdrawn <= batch.withdrawn
    );
  };
  return operators
    .flatMap(({ batches, cancelledBatches }) => [...batches, ...cancelledBatches])
    .filter((result) => !agree(result))
    .map((result) => describe(result, states.get(result.name)));
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
