import { invalid, shownValue } from '../../domain/input.ts';
import { either, phrase } from '../../domain/phrase.ts';
import type { Format } from '../global-options.ts';

/** The path of a results file, and the format that its extension stands for. */
export interface ResultsTarget {
  readonly path: string;
  readonly format: Format;
}

const FORMATS: ReadonlyMap<string, Format> = new Map([
  ['.csv', 'csv'],
  ['.tsv', 'tsv'],
  ['.jsonl', 'jsonl'],
  ['.ndjson', 'jsonl'],
]);

/** Defines the option that writes the result of each row to a file. */
export function resultsOption(description: string) {
  return {
    flags: '--results <file>',
    description,
    values: 'file',
    parse: parseTarget,
  } as const;
}

/** @throws ShopError `INVALID_INPUT` if the extension of the path stands for no format. */
function parseTarget(path: string): ResultsTarget {
  const ending = /\.[^./\\]*$/.exec(path)?.[0].toLowerCase() ?? '';
  const format = FORMATS.get(ending);
  if (format === undefined)
    throw invalid('--results', phrase`must end with ${either([...FORMATS.keys()])}, not ${shownValue(path)}`);
  return { path, format };
}
