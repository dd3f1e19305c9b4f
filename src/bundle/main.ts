import { join } from 'node:path';
import type { main as Main } from '../main.ts';
import { load } from './loader.ts';

export { codeFile, compiled, load } from './loader.ts';

/** Runs the command line of this process; see `src/main.ts`. */
export const main: typeof Main = (argv, streams) => {
  const { main: run } = load(join(__dirname, 'shop.cjs')) as { main: typeof Main };
  return run(argv, streams);
};
