// Baseline: does only the work that a command must do to read the cached ranking.
import { Redis } from 'ioredis';

const [url, key] = process.argv.slice(2);
const redis = new Redis(url);
console.log(await redis.get(key));
redis.disconnect();
