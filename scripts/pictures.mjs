#!/usr/bin/env node
// Draws pictures of the terminal from real runs of the built program on a private MySQL, Redis and worker:
//
//   npm run pictures -- [--out FOLDER] [--only NAME] [--columns N]
//
// Without options, it writes the pictures of the documentation to docs/pictures/. Check each picture before committing
// it.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadTypeScript } from './load-typescript.mjs';

const { values } = parseArgs({
  options: { out: { type: 'string' }, only: { type: 'string' }, columns: { type: 'string' } },
});
const columns = values.columns === undefined ? null : Number(values.columns);
if (columns !== null && !(Number.isSafeInteger(columns) && columns >= 20 && columns <= 300)) {
  process.stderr.write('pictures: --columns takes a whole number from 20 to 300\n');
  process.exit(2);
}
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = values.out ?? join(root, 'docs/pictures');
const { makePictures } = await loadTypeScript(new URL('pictures/make.ts', import.meta.url));
await makePictures({ root, folder, only: values.only ?? null, columns });
