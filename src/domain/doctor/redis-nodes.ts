import type { RedisNode } from '../../db/redis/cluster.ts';
import { phrase } from '../phrase.ts';
import type { Finding, Seen } from './check.ts';

/** Runs a check on each node. If there are several nodes, each fault names its node. */
export async function checkNodes(
  nodes: readonly RedisNode[],
  check: (node: RedisNode) => Promise<Finding>,
): Promise<Finding> {
  const findings: Finding[] = [];
  for (const node of nodes) {
    const { seen, faults } = await check(node);
    const named =
      nodes.length === 1 ? faults : faults.map((one) => ({ ...one, fault: phrase`${node.address}: ${one.fault}` }));
    findings.push({ seen, faults: named });
  }
  return { seen: together(findings.map(({ seen }) => seen)), faults: findings.flatMap(({ faults }) => faults) };
}

/**
 * Merges the values of all nodes. If numbers differ, the largest one is used. If texts differ, they are joined into one list.
 */
function together(all: readonly Seen[]): Seen {
  const names = new Set(all.flatMap((seen) => Object.keys(seen)));
  return Object.fromEntries([...names].map((name) => [name, oneOf(all.map((seen) => seen[name] ?? null))]));
}

function oneOf(values: readonly Seen[string][]): Seen[string] {
  const [first = null, ...others] = new Set(values);
  if (others.length === 0) return first;
  const numbers = values.filter((value) => typeof value === 'number');
  return numbers.length > 0 ? Math.max(...numbers) : [first, ...others].map(String).sort().join(', ');
}
