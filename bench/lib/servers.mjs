import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';

/**
 * Starts private servers on loopback with the settings of `shop dev up`, in a temporary folder that is removed when the
 * scope is closed.
 */
export async function openServers(scope, source) {
  const folder = mkdtempSync(join(tmpdir(), 'shop-bench-'));
  const options = { ...source.loadConfig().dev, directory: join(folder, '.shop') };
  scope.add(() => rmSync(folder, { recursive: true, force: true }));
  scope.add(() => source.reset(options));
  const { rootUrl, redisUrl } = await source.startServers({ ...options, signal: scope.signal });
  const sql = await mysql.createConnection(connection(rootUrl));
  scope.add(() => sql.destroy());
  return { folder, rootUrl, redisUrl, sql, about: await describe(sql, redisUrl, source) };
}

/** Returns the options of mysql2 for a URL, with the shop's handling of times and numbers. */
export function connection(uri) {
  return { uri, timezone: 'Z', supportBigNumbers: true };
}

/**
 * Describes the machine and the servers on which the figures are measured.
 *
 * @throws if MySQL may acknowledge a commit before it is on disk
 */
async function describe(sql, redisUrl, source) {
  const [[settings]] = await sql.query(
    `SELECT VERSION() AS mysql, @@innodb_flush_log_at_trx_commit AS flush_log_at_trx_commit, @@log_bin AS log_bin,
       @@sync_binlog AS sync_binlog, @@innodb_buffer_pool_size DIV 1048576 AS buffer_pool_mb`,
  );
  // MariaDB writes no binary log by default; without a binary log there is nothing to sync
  const durable = settings.flush_log_at_trx_commit === 1 && (settings.log_bin === 0 || settings.sync_binlog === 1);
  if (!durable) throw new Error(`these servers are not durable: ${JSON.stringify(settings)}`);
  const redis = await source.openRedis(redisUrl);
  const info = await redis.info();
  const appendfsync = (await redis.config('GET', 'appendfsync'))[1];
  redis.disconnect();
  return {
    ...settings,
    redis: /redis_version:(\S+)/.exec(info)?.[1] ?? 'unknown',
    redis_appendonly: /aof_enabled:1/.test(info),
    redis_appendfsync: appendfsync,
    node: process.versions.node,
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
  };
}
