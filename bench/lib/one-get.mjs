// The minimum work of a command that reads the cached ranking.
import { Redis } from 'ioredis';

const [url, key] = process.argv.slice(2);
const redis = new Redis(url);
console.log(await redis.get(key));
redis.disconnect();
