import { expect, it } from 'vitest';
import { byName, planImport } from './plan.ts';
import type { ImportRow } from './row.ts';

const PEN = { id: 1, reference: 'pen', name: 'Pen', price: 100, stock: 5 };

it.each([
  ['a name', { name: 'Quill', price: null }],
  ['a name and the price that is stored', { name: 'Quill', price: 100 }],
])('writes only what a row changes, so that a price set meanwhile by another command is kept: %s', (_, fields) => {
  const row: ImportRow = { line: 2, entry: 'pen', stock: null, ...fields };
  const { changes, changed } = planImport('product', [row], byName([PEN]));
  expect(changes).toEqual([{ id: 1, name: 'Quill', price: null }]);
  expect(changed).toEqual([{ ...PEN, name: 'Quill' }]);
});

it('writes the last of several changes to one product', () => {
  const rows: ImportRow[] = [
    { line: 2, entry: 'pen', name: 'Quill', price: null, stock: null },
    { line: 3, entry: 1, name: null, price: 120, stock: null },
  ];
  expect(planImport('product', rows, byName([PEN])).changes).toEqual([{ id: 1, name: 'Quill', price: 120 }]);
});
