// Writes beside each file of the bundle the code that V8 makes of it, for `src/bundle/loader.ts`. Run by the build in a process
// of its own, with the flags that commands run with: V8 takes code that was made with no others.
import { readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const { codeFile, compiled, load, main } = createRequire(import.meta.url)(`${dist}/main.cjs`);

// V8 would drop the code of what has not been called for a while
setFlagsFromString('--no-flush-bytecode');
for (const name of readdirSync(`${dist}/chunks`)) {
  if (name.endsWith('.cjs')) load(`${dist}/chunks/${name}`);
}
// what has been called by now is in the code, so that help, at least, finds all that it needs
const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
process.exitCode = await main(['--help'], { stdin: process.stdin, stdout: nowhere, stderr: nowhere });
setFlagsFromString('--flush-bytecode');
for (const { file, code } of compiled()) writeFileSync(codeFile(file), code);
