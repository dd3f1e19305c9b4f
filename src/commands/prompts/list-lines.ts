/** A column of a list to choose from; the last one of a list may have wide characters, so that it is not filled up. */
export interface LineColumn<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly align?: 'right';
}

/** A heading, and a line for each row below it, whose columns line up. */
export function listLines<Row>(
  columns: readonly LineColumn<Row>[],
  rows: readonly Row[],
): { readonly heading: string; readonly lines: readonly string[] } {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ text }) => text(row)))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  const [heading = '', ...lines] = cells.map((line) =>
    line
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        if (columns[index]?.align === 'right') return cell.padStart(width);
        return index === columns.length - 1 ? cell : cell.padEnd(width);
      })
      .join('  '),
  );
  return { heading, lines };
}
