import type { Format } from '../global-options.ts';
import { toJson } from './json.ts';
import { ListText } from './list-text.ts';
import type { Page } from './page.ts';
import { cellsOf, headerOf, separated } from './separated.ts';
import type { Answer, View } from './view.ts';

/** Formats data according to its view. The result ends with a newline, unless it is empty. */
export async function present(answer: Answer, format: Format, page: Page): Promise<string> {
  const { data } = answer;
  const view = answer.view as unknown as View<unknown, unknown>;
  if (format === 'table') return (await import('./table.ts')).toTable(data, view, page);
  if (view.kind === 'list' && Array.isArray(data)) {
    const text = new ListText(view, format, page);
    return (await text.next(data)) + (await text.end());
  }
  switch (format) {
    case 'json':
      return `${toJson(data, page.terminal ? 2 : undefined)}\n`;
    case 'jsonl':
      return `${toJson(data)}\n`;
    case 'tsv':
    case 'csv':
      return separated([headerOf(view), ...cellsOf(data, view)], format, page);
  }
}
