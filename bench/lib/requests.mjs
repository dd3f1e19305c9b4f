import { chunks } from './orders.mjs';
import { INSERT, requestRow } from './rows.mjs';

/** Number of rows per statement. */
const CHUNK = 1_000;

/**
 * Records orders as requests with multi-row inserts, as a batch does. This prepares a queue benchmark and is not part
 * of the measurement.
 *
 * @param recorded receives the orders of each chunk with their request ids.
 */
export async function recordOrders(source, sql, orders, recorded) {
  let id = await lastId(sql, 'requests');
  for (const chunk of chunks(orders, CHUNK)) {
    const now = new Date();
    const requests = chunk.map((order) => ({ id: ++id, order, now }));
    await sql.query(INSERT.requests, [requests.map((request) => requestRow(source, request))]);
    await recorded(requests);
  }
}

/** Returns the highest id in a table, or 0 if the table is empty. */
export async function lastId(sql, table) {
  const [[{ last }]] = await sql.query(`SELECT COALESCE(MAX(id), 0) AS last FROM ${table}`);
  return last;
}
