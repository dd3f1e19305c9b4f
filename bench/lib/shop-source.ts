// Exports of the shop's sources that the benchmarks use.
export { loadConfig } from '../../src/config/config.ts';
export { connect } from '../../src/db/mysql/connection.ts';
export { reset, startServers } from '../../src/dev/environment.ts';
export { computeRanking } from '../../src/domain/ranking/compute.ts';
export { ShopRanking } from '../../src/domain/ranking/ranking.ts';
export { contentHash, findRequest, recordRequest } from '../../src/domain/requests/request.ts';
export { openRedis, openSession } from '../../src/domain/servers/connections.ts';
export { rankingKey } from '../../src/domain/servers/redis-keys.ts';
export { keyPrefix, QUEUE_NAME } from '../../src/jobs/queue/job-data.ts';
export { Producer } from '../../src/jobs/queue/producer.ts';
