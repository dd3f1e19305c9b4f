/** The rows that an order leaves behind, as bare statements: the one place here that names the schema's columns. */
export const INSERT = {
  requests: `INSERT INTO requests
    (id, idempotency_key, request_hash, kind, payload, actor, host, created_at, batch_id, batch_line) VALUES ?`,
};
