import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Script } from 'node:vm';

/** A file of the bundle: what it exports, and the code that V8 has made of it. */
interface Loaded {
  exports: Record<string, unknown>;
  readonly script: Script;
}

const loaded = new Map<string, Loaded>();

/**
 * A file of the bundle, evaluated once; what it requires by a relative path is a file of the bundle, too.
 *
 * Beside each lies the code that V8 made of it when the bundle was built, for finding and compiling what it is made of
 * is most of a short command's time. V8 itself tells whether that code is of its own version, flags and source; where
 * it is not, the source is compiled as ever. (Node has such a cache from version 22 on, in a folder that it writes to.)
 */
export function load(file: string): Record<string, unknown> {
  const known = loaded.get(file);
  if (known !== undefined) return known.exports;
  const script = new Script(readFileSync(file, 'utf8'), { filename: file, cachedData: readCode(file) });
  const module: Loaded = { exports: {}, script };
  loaded.set(file, module);
  const folder = dirname(file);
  const requireFrom = (id: string) => (id.startsWith('.') ? load(resolve(folder, id)) : require(id));
  // the build has made a function of it, with the parameters of a CommonJS module
  script.runInThisContext()(module.exports, requireFrom, module, file, folder);
  return module.exports;
}

/** The files that are loaded, with the code that V8 has made of them by now. */
export function* compiled(): Iterable<{ file: string; code: Buffer }> {
  for (const [file, { script }] of loaded) yield { file, code: script.createCachedData() };
}

/** Where the code of a file lies. */
export function codeFile(file: string): string {
  return `${file}.code`;
}

function readCode(file: string): Buffer | undefined {
  try {
    return readFileSync(codeFile(file));
  } catch {
    // without it everything works, a little later
    return undefined;
  }
}
