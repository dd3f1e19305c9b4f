import { randomBytes } from 'node:crypto';
import { Report } from './lib/report.mjs';
import { openServers } from './lib/servers.mjs';

const SIZES = { full: { few: 250_000, many: 4_000_000 }, small: { few: 25_000, many: 50_000 } };
/** Size of the buffer pool in bytes: the smallest that the default `innodb_buffer_pool_chunk_size` allows. */
const POOL = 128 * 1_024 * 1_024;
/** Number of keys inserted per round, and per statement. */
const [INSERTED, CHUNK] = [20_000, 1_000];

/**
 * Counts the pages that are read from disk for each new key. In a full run, one index of keys fits into the buffer
 * pool, and the other one does not. Each table is a small model of `requests`. Page reads are compared, because times
 * depend on the disk.
 */
export async function keys(scope, { source, scale, rounds, say }) {
  const servers = await openServers(scope, source);
  const { sql } = servers;
  await sql.query(`SET GLOBAL innodb_buffer_pool_size = ${POOL}`);
  await sql.query('CREATE DATABASE bench_keys');
  const figures = {};
  const rates = {};
  for (const rows of Object.values(SIZES[scale])) {
    const table = `bench_keys.of_${rows}`;
    const index = await fill(sql, table, rows);
    const share = Math.round((100 * index) / POOL);
    const kinds = { random: randomKeys, ascending: ascendingKeys };
    for (const [kind, next] of Object.entries(kinds)) {
      const name = `${kind} keys, ${rows.toLocaleString('en')} rows, their index ${share} % of the pool`;
      figures[name] = [];
      rates[name] = [];
      for (let round = 0; round <= rounds; round++) {
        const { reads, ms } = await insert(sql, table, next(round));
        say(`${round === 0 ? 'warm-up' : `round ${round}`}: ${name}: ${reads / INSERTED} reads a key`);
        if (round === 0) continue;
        figures[name].push(reads / INSERTED);
        rates[name].push((INSERTED / ms) * 1_000);
      }
    }
  }
  const report = new Report(`Keys: ${INSERTED} new ones in a unique index`, servers.about);
  report.addFigures('page reads a key', figures);
  report.addFigures('keys/s', rates);
  return report;
}

/** Creates and fills a table. Returns the size of its index in bytes. */
async function fill(sql, table, rows) {
  await sql.query(
    `CREATE TABLE ${table} (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
       idempotency_key VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL) ENGINE = InnoDB`,
  );
  const half = Math.ceil(Math.sqrt(rows));
  await sql.query(`SET SESSION cte_max_recursion_depth = ${half}`);
  await sql.query(
    `INSERT INTO ${table} (idempotency_key)
     WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < ${half})
     SELECT LEFT(SHA2(CONCAT(a.i, '-', b.i), 256), 32) FROM n a JOIN n b LIMIT ${rows}`,
  );
  // the index is built from sorted rows, because inserting the keys one by one would take as long as the measurement
  // itself
  await sql.query(`ALTER TABLE ${table} ADD UNIQUE KEY uq_keys (idempotency_key)`);
  await sql.query(`ANALYZE TABLE ${table}`);
  const [[{ bytes }]] = await sql.query(
    `SELECT stat_value * @@innodb_page_size AS bytes FROM mysql.innodb_index_stats
     WHERE CONCAT(database_name, '.', table_name) = ? AND index_name = 'uq_keys' AND stat_name = 'size'`,
    [table],
  );
  return Number(bytes);
}

function randomKeys() {
  return () => randomBytes(16).toString('hex');
}

/** Returns a generator of keys in the form that `batch run` gives to the rows of a file. */
function ascendingKeys(round) {
  let line = 0;
  return () => `zz-file-${String(round).padStart(4, '0')}:${String(++line).padStart(9, '0')}`;
}

async function insert(sql, table, next) {
  const before = await pageReads(sql);
  const started = performance.now();
  for (let done = 0; done < INSERTED; done += CHUNK) {
    await sql.query(`INSERT INTO ${table} (idempotency_key) VALUES ?`, [Array.from({ length: CHUNK }, () => [next()])]);
  }
  return { reads: (await pageReads(sql)) - before, ms: performance.now() - started };
}

async function pageReads(sql) {
  const [[{ Value }]] = await sql.query("SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_reads'");
  return Number(Value);
}
