import type { RedisNode } from '../../db/redis/cluster.ts';
import { phrase } from '../phrase.ts';
import type { Finding, Seen } from './check.ts';

/** Runs a check on each node. With several nodes, a fault names its node. */
export async function judgeNodes(
  nodes: readonly RedisNode[],
  judge: (node: RedisNode) => Promise<Finding>,
): Promise<Finding> {
  const findings: Finding[] = [];
  for (const node of nodes) {
    const { seen, faults } = await judge(node);
    const named =
      nodes.length === 1 ? faults : faults.map((one) => ({ ...one, fault: phrase`${node.address}: ${one.fault}` }));
    findings.push({ seen, faults: named });
  }
  return { seen: together(findings.map(({ seen }) => seen)), faults: findings.flatMap(({ faults }) => faults) };
}

/** Merges the values of all nodes. Different numbers become the largest number; different words become a list. */
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
