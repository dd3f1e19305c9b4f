import { hostname } from 'node:os';
import { contentOf, pieces } from './orders.mjs';
import { INSERT } from './rows.mjs';

/** Rows of one statement. */
const PIECE = 1_000;

/**
 * Records orders as requests, as a batch does it: many in one statement. It is what comes before a queue, and no part of
 * what is measured there.
 *
 * @param recorded is handed the orders of a piece with the ids of their requests.
 */
export async function recordOrders({ contentHash }, sql, orders, recorded) {
  const [[{ last }]] = await sql.query('SELECT COALESCE(MAX(id), 0) AS last FROM requests');
  let id = last;
  for (const piece of pieces(orders, PIECE)) {
    const requests = piece.map((order) => ({ id: ++id, order }));
    await sql.query(INSERT.requests, [requests.map((request) => requestRow(contentHash, request))]);
    await recorded(requests);
  }
}

/** A row of `requests`, as `INSERT.requests` has its columns. */
export function requestRow(contentHash, { id, order, batchId = null, line = null, now = new Date() }) {
  const content = contentOf(order);
  const hash = contentHash(content);
  return [
    id,
    `bench-${id}`,
    hash,
    content.kind,
    JSON.stringify(content.payload),
    'bench',
    hostname(),
    now,
    batchId,
    line,
  ];
}
