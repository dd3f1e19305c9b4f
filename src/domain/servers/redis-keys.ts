/** Keys of all that belongs to one shop hash to one slot of a Redis Cluster. */
export function keyPrefix(prefix: string): string {
  return `{${prefix}}`;
}

/** The key that the ranking is cached under, which the worker's heartbeat and `shop doctor` read as well. */
export function rankingKey(prefix: string): string {
  return `${keyPrefix(prefix)}:ranking`;
}
