#!/usr/bin/env node
// Prints a table of how long it took to recover from each fault, from the report of any number of runs:
//
//   SHOP_FAULTS_REPORT=/tmp/faults.jsonl npm run test:faults; node scripts/faults-table.mjs /tmp/faults.jsonl
import { readFileSync } from 'node:fs';

const [report] = process.argv.slice(2);
if (report === undefined) throw new Error('give the file that SHOP_FAULTS_REPORT named');
const times = new Map();
for (const line of readFileSync(report, 'utf8').split('\n').filter(Boolean)) {
  const { row, ms } = JSON.parse(line);
  times.set(row, [...(times.get(row) ?? []), ms]);
}
const seconds = (ms) => (ms / 1_000).toFixed(1);
process.stdout.write('| row | recoveries | median s | longest s |\n|---|---|---|---|\n');
for (const [row, all] of [...times].sort(([a], [b]) => String(a).localeCompare(String(b), 'en', { numeric: true }))) {
  const sorted = all.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  process.stdout.write(`| ${row} | ${all.length} | ${seconds(median)} | ${seconds(sorted.at(-1))} |\n`);
}
