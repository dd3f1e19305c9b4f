// What benchmarks take of the shop's own sources.
export { loadConfig } from '../../src/config/config.ts';
export { connect } from '../../src/db/connection.ts';
export { reset, startServers } from '../../src/dev/environment.ts';
export { computeRanking } from '../../src/domain/ranking.ts';
export { rankingKey } from '../../src/domain/redis-keys.ts';
export { contentHash, findRequest, recordRequest } from '../../src/domain/request.ts';
export { ShopRanking } from '../../src/domain/shop-ranking.ts';
export { openRedis, openSession } from '../../src/domain/store.ts';
export { keyPrefix, QUEUE_NAME } from '../../src/jobs/contract.ts';
export { Producer } from '../../src/jobs/producer.ts';
