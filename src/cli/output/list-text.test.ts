import { describe, expect, it } from 'vitest';
import { phrase } from '../../domain/phrase.ts';
import { FORMATS, type Format } from '../global-options.ts';
import { present } from './formats.ts';
import { ListText } from './list-text.ts';
import { type Page, PLAIN } from './page.ts';
import { answer, columns, listView, withSpareColumns } from './view.ts';

interface Thing {
  readonly id: number;
  readonly name: string;
  readonly note: string | null;
}

const THINGS = withSpareColumns(
  listView<Thing>(phrase('No things.'), ...columns<Thing>({ id: 'identifier', name: 'text', note: 'text' })),
  'note',
);
const TERMINAL: Page = { ...PLAIN, terminal: true, width: 40 };

const thing = (id: number, name = `Thing ${id}`, note: string | null = null): Thing => ({ id, name, note });

/** Formats a list in the given chunks. */
async function inChunks(chunks: readonly (readonly Thing[])[], format: Format, page = PLAIN): Promise<string> {
  const text = new ListText(THINGS, format, page);
  let whole = '';
  for (const rows of chunks) whole += await text.next(rows);
  return whole + (await text.end());
}

describe.each(FORMATS)('a list in chunks, as %s', (format) => {
  it.each([
    { name: 'no chunk', chunks: [] },
    { name: 'an empty chunk', chunks: [[]] },
    { name: 'one chunk', chunks: [[thing(3), thing(2)]] },
    { name: 'several chunks', chunks: [[thing(9, '=1+1+1+1')], [], [thing(8, 'a\tb'), thing(7)], [thing(6)], []] },
  ])('is the same text as the whole list: $name', async ({ chunks }) => {
    for (const page of [PLAIN, TERMINAL])
      expect(await inChunks(chunks, format, page)).toBe(
        await present(answer<readonly Thing[], Thing>(chunks.flat(), THINGS), format, page),
      );
  });
});

describe('a table in chunks', () => {
  it('has new headings if a column is wider than before, and keeps that width', async () => {
    const chunks = [[thing(10, 'Lamp')], [thing(9, 'Lantern')], [thing(8, 'Pen')]];
    expect(await inChunks(chunks, 'table')).toBe(
      ['ID  NAME', '10  Lamp', '', 'ID  NAME', ' 9  Lantern', ' 8  Pen', ''].join('\n'),
    );
  });

  it('shows a column from its first value on', async () => {
    const chunks = [[thing(3)], [thing(2, 'Thing 2', 'new')], [thing(1)]];
    expect(await inChunks(chunks, 'table')).toBe(
      ['ID  NAME', ' 3  Thing 3', '', 'ID  NAME     NOTE', ' 2  Thing 2  new', ' 1  Thing 1  -', ''].join('\n'),
    );
  });

  it('fits every chunk into a terminal, and names the hidden columns once', async () => {
    const long = 'a name that is longer than the terminal is wide';
    const text = await inChunks([[thing(2, long, long)], [thing(1, long, long)]], 'table', { ...TERMINAL, width: 24 });
    expect(text.split('\n').every((line) => line.length <= 24 || line.startsWith('Hidden'))).toBe(true);
    expect(text.match(/^ID/gm)).toHaveLength(1);
  });

  it('draws cards on a terminal that is too narrow for columns', async () => {
    const text = await inChunks([[thing(2)], [thing(1)]], 'table', { ...TERMINAL, width: 8 });
    expect(text.match(/^ID/gm)).toHaveLength(2);
    expect(text).toMatch(/\n\nID/);
  });
});
