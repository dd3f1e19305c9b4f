/** Returns the key prefix of a shop. All keys with this prefix hash to the same slot of a Redis Cluster. */
export function keyPrefix(prefix: string): string {
  return `{${prefix}}`;
}

/** Returns the key of the cached ranking. The worker's heartbeat and `shop doctor` use this key, too. */
export function rankingKey(prefix: string): string {
  return `${keyPrefix(prefix)}:ranking`;
}
