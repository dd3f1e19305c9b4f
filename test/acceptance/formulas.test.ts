import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

const FORMULAS = ['=HYPERLINK("http://x.example","y")', '+1+cmd', '-2+3', '@SUM(A1:A9)', '\t=1+1', "'=1+1"];

let shop: TestShop;
let folder: string;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  folder = await mkdtemp(join(tmpdir(), 'shop-formulas-'));
  await shop.startWorker();
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

const csvOf = async (...args: string[]) => (await shop.run([...args, '-o', 'csv'])).stdout;

it('a spreadsheet gets names as text and amounts as numbers, and the file can be imported again unchanged', async () => {
  for (const [index, name] of FORMULAS.entries())
    expect((await shop.run(['user', 'create', '--reference', `r${index}`, '--', name])).status).toBe(0);
  for (const [index, name] of FORMULAS.entries()) {
    const id = String(index + 1);
    const [shown] = parse(await csvOf('user', 'show', id), { columns: true }) as { name: string }[];
    expect(shown?.name).toBe(`'${name}`);
    expect(await shop.ok(['user', 'show', id])).toMatchObject({ name });

    const cells = `reference,name\nr${index},"'${name.replaceAll('"', '""')}"\n`;
    expect(await shop.ok(['user', 'import', '-'], { stdin: cells })).toMatchObject({ unchanged: 1, updated: 0 });
  }
  await shop.ok(['product', 'create', '=1+1', '--price', '30', '--stock', '5']);
  await shop.ok(['charge', '1', '100']);
  await shop.ok(['order', 'place', '1', '1']);
  expect(await csvOf('order', 'show', '2')).toContain(",'=1+1,");
  // negative numbers stay numbers
  expect(await csvOf('balance', 'history', '1')).toMatch(/,payment,-30,70,/);
});

it('CSV results files protect texts and keys from being read as formulas; other formats keep them unchanged', async () => {
  const file = 'user,items,amount,key,kind\n1,,5,-A1,charge\n1,=1+1,,k,order\n';
  for (const name of ['results.csv', 'results.jsonl', 'results.tsv']) {
    const path = join(folder, name);
    await shop.run(['batch', 'run', '-', '--name', 'formulas', '--results', path], { stdin: file });
    const text = await readFile(path, 'utf8');
    if (name.endsWith('.csv')) expect(text).toContain("\n2,'-A1,charge,applied,,,");
    else expect(text).not.toContain("'-A1");
  }
  // a key that is escaped in a results file is still the same key
  const again = "user,amount,key,kind\n1,5,'-A1,charge\n";
  const { stdout } = await shop.run(['batch', 'run', '-', '--name', 'again', '--json'], { stdin: again });
  expect(JSON.parse(stdout)).toMatchObject({ applied: 1, replayed: 1 });
});
