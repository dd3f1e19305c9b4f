import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Script } from 'node:vm';

/** A loaded file of the bundle, with its exports and its compiled script. */
interface Loaded {
  exports: Record<string, unknown>;
  readonly script: Script;
}

const loaded = new Map<string, Loaded>();

/**
 * Loads a file of the bundle and evaluates it once. In its `require` calls, a relative path names another file of the
 * bundle.
 *
 * The build stores V8's compiled code beside each file, because compiling the source would make short commands slower. V8
 * uses the stored code only if its own version, its flags and the source are unchanged. Otherwise it compiles the source.
 * The compile cache of Node.js is not used, because it exists only since version 22 and needs a writable folder.
 */
export function load(file: string): Record<string, unknown> {
  const known = loaded.get(file);
  if (known !== undefined) return known.exports;
  // V8 stores this path in the compiled code, so the path is relative: the code may run on another machine. The string is
  // copied, because V8 may represent a substring as a slice of the absolute path, and would then store the absolute path.
  const filename = Buffer.from(relative(join(__dirname, '..'), file)).toString();
  const script = new Script(readFileSync(file, 'utf8'), { filename, cachedData: readCode(file) });
  const module: Loaded = { exports: {}, script };
  loaded.set(file, module);
  const folder = dirname(file);
  const requireFrom = (id: string) => (id.startsWith('.') ? load(resolve(folder, id)) : require(id));
  // the build has wrapped the file in a function with the parameters of a CommonJS module
  script.runInThisContext()(module.exports, requireFrom, module, file, folder);
  return module.exports;
}

/** Lists the loaded files, each with the code that V8 has compiled so far. */
export function* compiled(): Iterable<{ file: string; code: Buffer }> {
  for (const [file, { script }] of loaded) yield { file, code: script.createCachedData() };
}

/** Returns the path of a file's compiled code. */
export function codeFile(file: string): string {
  return `${file}.code`;
}

function readCode(file: string): Buffer | undefined {
  try {
    return readFileSync(codeFile(file));
  } catch {
    // the program also works without compiled code, but starts more slowly
    return undefined;
  }
}
