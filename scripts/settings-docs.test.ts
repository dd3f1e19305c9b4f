import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, it } from 'vitest';
import { loadConfig } from '../src/config/config.ts';
import { DEFAULTS, SETTING_NAMES } from '../src/config/settings.ts';

/** A row of the table of settings in docs/configuration.md. */
interface Row {
  readonly names: readonly string[];
  readonly default: string;
  readonly description: string;
}

const PAGE = new URL('../docs/configuration.md', import.meta.url);

const rows = readFileSync(PAGE, 'utf8')
  .split('\n')
  .flatMap((line): Row[] => {
    const [, variables, standard = '', description = ''] = /^\| (`SHOP_.*?) \| (.*?) ?\| (.*) \|$/.exec(line) ?? [];
    return variables === undefined
      ? []
      : [{ names: variables.match(/SHOP_\w+/g) ?? [], default: standard, description }];
  });

/** Returns the value of a cell that is one code span, or undefined. */
function literal(cell: string): string | undefined {
  return /^`([^`]*)`$/.exec(cell)?.[1];
}

/** Returns the text of a cell without the marks of code spans and links. */
function plain(cell: string): string {
  return cell.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '');
}

/**
 * Returns the content of `.env.example`: the settings in the order of the page, with their defaults from the program.
 */
function example(): string {
  const sections = rows.map(({ names, default: standard, description }) => {
    const others = literal(standard) === undefined && standard !== '' ? ` (default: ${plain(standard)})` : '';
    const lines = names.map((name) => `#${name}=${DEFAULTS[name] ?? ''}\n`);
    return `# ${plain(description)}${others}\n${lines.join('')}`;
  });
  const head =
    '# Settings of shop. Copy this file to .env in the folder where you run it, and remove the # before a setting.';
  return [`${head}\n# docs/configuration.md explains each of them.\n`, ...sections].join('\n');
}

it('docs/configuration.md lists every setting, with its default', () => {
  expect(rows.flatMap(({ names }) => names).sort()).toEqual([...SETTING_NAMES].sort());
  for (const { names, default: standard } of rows) {
    for (const name of names) expect([name, literal(standard)]).toEqual([name, DEFAULTS[name]]);
  }
});

it('.env.example has every setting, with its default (`npx vitest run scripts/settings-docs.test.ts -u` writes it)', async () => {
  await expect(example()).toMatchFileSnapshot('../.env.example');
  const uncommented = parseEnv(example().replace(/^#(?=SHOP_)/gm, ''));
  expect(Object.keys(uncommented).sort()).toEqual([...SETTING_NAMES].sort());
  expect(() => loadConfig({}, { ...uncommented, SHOP_DEV_DIR: '/nowhere' })).not.toThrow();
});
