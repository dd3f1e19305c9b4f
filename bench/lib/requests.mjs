import { pieces } from './orders.mjs';
import { INSERT, requestRow } from './rows.mjs';

/** Rows of one statement. */
const PIECE = 1_000;

/**
 * Records orders as requests, as a batch does it: many in one statement. It is what comes before a queue, and no part of
 * what is measured there.
 *
 * @param recorded is handed the orders of a piece with the ids of their requests.
 */
export async function recordOrders(source, sql, orders, recorded) {
  let id = await lastId(sql, 'requests');
  for (const piece of pieces(orders, PIECE)) {
    const now = new Date();
    const requests = piece.map((order) => ({ id: ++id, order, now }));
    await sql.query(INSERT.requests, [requests.map((request) => requestRow(source, request))]);
    await recorded(requests);
  }
}

/** The id that was given last; 0 where there is none. */
export async function lastId(sql, table) {
  const [[{ last }]] = await sql.query(`SELECT COALESCE(MAX(id), 0) AS last FROM ${table}`);
  return last;
}
