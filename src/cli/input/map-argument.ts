import { invalid } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import { shellWord } from '../shell-word.ts';

/** Matches `column=name`. The name may be quoted; a quoted name may contain commas. */
const MAPPED = /\s*(\w+)\s*=\s*(?:"([^"]*)"|([^,"]*))\s*(?:,|$)/y;

/** Parses `reference="Variant SKU",name=Title`. @throws ShopError `INVALID_INPUT` */
export function parseMap(text: string): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  let at = 0;
  do {
    MAPPED.lastIndex = at;
    const [part = '', column = '', quoted, plain = ''] = MAPPED.exec(text) ?? [];
    const name = (quoted ?? plain).trim();
    if (name === '')
      throw invalid(
        '--map',
        phrase('must be a list of column=heading pairs, such as reference="Variant SKU",name=Title'),
      );
    if (map.has(column) || [...map.values()].includes(name))
      throw invalid('--map', phrase`names a column more than once: ${part}`);
    map.set(column, name);
    at = MAPPED.lastIndex;
  } while (at < text.length);
  return map;
}

/** Returns a map of columns as the value of `--map`, quoted for a shell. */
export function mapArgument(map: Iterable<readonly [column: string, name: string]>): string {
  return shellWord([...map].map(([column, name]) => `${column}="${name}"`).join(','));
}
