#!/usr/bin/env node
// Benchmarks that compare the shop with peers, in turns on the same servers, and print each ratio with its limit. See README.md
// in this folder.
//
//   npm run bench -- [--only queue,batch] [--rounds 5] [--scale full|small] [--earlier bin/shop.js] [--json [FILE]]
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { audit } from './audit.mjs';
import { batch } from './batch.mjs';
import { keys } from './keys.mjs';
import { printMarks, printReport } from './lib/report.mjs';
import { closeOnSignals, withScope } from './lib/scope.mjs';
import { loadSource } from './lib/source.mjs';
import { queue } from './queue.mjs';
import { ranking } from './ranking.mjs';
import { reads } from './reads.mjs';
import { shells } from './shells.mjs';
import { single } from './single.mjs';

const BENCHMARKS = { queue, batch, single, shells, reads, ranking, audit, keys };
const SCALES = ['full', 'small'];

const { only, rounds, scale, json, earlier } = readOptions();
const print = json === '-' ? console.error : console.log;
closeOnSignals();
const source = await loadSource();
const reports = {};
for (const name of only) {
  const started = performance.now();
  const say = (line) => console.error(`${name} ${((performance.now() - started) / 1_000).toFixed(0)} s: ${line}`);
  reports[name] = await withScope((scope) => BENCHMARKS[name](scope, { source, scale, rounds, say, earlier }));
  printReport(reports[name], print);
}
const marks = Object.values(reports).flatMap((report) => report.marks);
if (only.length > 1) printMarks(marks, print);
if (json === '-') console.log(JSON.stringify({ scale, rounds, reports }));
else if (json !== undefined) writeFileSync(json, `${JSON.stringify({ scale, rounds, reports }, null, 2)}\n`);
// a small run only shows that the benchmarks work; its figures say nothing about speed
if (scale === 'full' && marks.some(({ met }) => !met)) process.exitCode = 1;

function readOptions() {
  const args = process.argv.slice(2);
  const at = args.indexOf('--json');
  // without a file, the JSON goes to standard output
  if (at !== -1 && (args[at + 1] ?? '--').startsWith('--')) args.splice(at + 1, 0, '-');
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: Object.keys(BENCHMARKS).join(',') },
      rounds: { type: 'string', default: '5' },
      scale: { type: 'string', default: 'full' },
      earlier: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const chosen = values.only.split(',');
  const unknown = chosen.filter((name) => !Object.hasOwn(BENCHMARKS, name));
  if (unknown.length > 0) throw new Error(`no benchmark ${unknown}: there are ${Object.keys(BENCHMARKS)}`);
  const count = Number(values.rounds);
  if (!Number.isSafeInteger(count) || count < 1) throw new Error('--rounds takes a whole number from 1');
  if (!SCALES.includes(values.scale)) throw new Error(`--scale takes ${SCALES.join(' or ')}`);
  return { ...values, only: chosen, rounds: count };
}
