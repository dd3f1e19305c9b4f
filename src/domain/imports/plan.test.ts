import { expect, it } from 'vitest';
import { byName, planImport } from './plan.ts';
import type { ImportRow } from './row.ts';

const PEN = {
  id: 1,
  reference: 'pen',
  name: 'Pen',
  price: 100,
  stock: 5,
  balance: null,
  blocked: null,
  retired: 'false',
};
/** The columns that an import does not change. */
const KEPT = { stock: null, balance: null, blocked: null, retired: null };

it.each([
  ['a name', { name: 'Quill', price: null }],
  ['a name and the price that is stored', { name: 'Quill', price: 100 }],
])('writes only what a row changes, so that a price set meanwhile by another command is kept: %s', (_, fields) => {
  const row: ImportRow = { line: 2, entry: 'pen', listedId: null, ...KEPT, ...fields };
  const { changes, changed } = planImport('product', [row], byName([PEN]));
  expect(changes).toEqual([{ id: 1, name: 'Quill', price: null }]);
  expect(changed).toEqual([{ ...PEN, name: 'Quill' }]);
});

it('writes the last of several changes to one product', () => {
  const rows: ImportRow[] = [
    { line: 2, entry: 'pen', listedId: null, name: 'Quill', price: null, ...KEPT },
    { line: 3, entry: 1, listedId: null, name: null, price: 120, ...KEPT },
  ];
  expect(planImport('product', rows, byName([PEN])).changes).toEqual([{ id: 1, name: 'Quill', price: 120 }]);
});

it.each([
  [
    'no reference yet',
    null,
    "id 1 has no reference yet; set it with `shop product edit 1 --reference 'q1'`, or leave id empty to create another one",
  ],
  [
    'another reference and the same name',
    'pen',
    "id 1 has the reference pen, which can't be changed; leave id empty to create another one",
  ],
])('refuses a new reference in a row with the id and name of an entry that has %s', (_, reference, reason) => {
  const row: ImportRow = { line: 2, entry: 'q1', listedId: 1, name: 'Pen', price: 100, ...KEPT, stock: 5 };
  const plan = planImport('product', [row], byName([{ ...PEN, reference }]));
  expect(plan).toMatchObject({ created: [], changes: [], counts: { refused: 1 } });
  expect(String(plan.results[0]?.reason)).toBe(reason);
});

it('creates an entry for a new reference if the id is of an entry with another name, as in the list of another shop', () => {
  const row: ImportRow = { line: 2, entry: 'q1', listedId: 1, name: 'Quill', price: 100, ...KEPT, stock: 5 };
  expect(planImport('product', [row], byName([PEN])).counts.created).toBe(1);
});
