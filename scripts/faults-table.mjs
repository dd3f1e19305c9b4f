#!/usr/bin/env node
// Writes the recovery time of each fault into docs/faults.md, from the report of one or more runs:
//
//   SHOP_FAULTS_REPORT=/tmp/faults.jsonl npm run test:all; node scripts/faults-table.mjs /tmp/faults.jsonl
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PAGE = fileURLToPath(new URL('../docs/faults.md', import.meta.url));
const [report] = process.argv.slice(2);
if (report === undefined) throw new Error('give the path of the report that SHOP_FAULTS_REPORT names');
const times = new Map();
for (const line of readFileSync(report, 'utf8').split('\n').filter(Boolean)) {
  const { row, ms } = JSON.parse(line);
  times.set(row, [...(times.get(row) ?? []), ms]);
}
const seconds = (ms) => (ms / 1_000).toFixed(1);
const recovery = (all) => {
  const sorted = all.toSorted((a, b) => a - b);
  return `${seconds(sorted[Math.floor(sorted.length / 2)])}, at most ${seconds(sorted.at(-1))} (${all.length})`;
};
const page = readFileSync(PAGE, 'utf8').replace(/^(\| (\d+) \|.*\|)[^|]*\|$/gm, (line, start, row) =>
  times.has(Number(row)) ? `${start} ${recovery(times.get(Number(row)))} |` : line,
);
writeFileSync(PAGE, page);
// a fault that has no row in the table is only printed; its `row` is a text instead of a number
for (const [row, all] of times) if (typeof row === 'string') process.stdout.write(`${row}: ${recovery(all)}\n`);
