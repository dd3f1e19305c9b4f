// The least that a command which reads the cached ranking could do.
import { Redis } from 'ioredis';

const [url, key] = process.argv.slice(2);
const redis = new Redis(url);
console.log(await redis.get(key));
redis.disconnect();
