// Writes V8's compiled code beside each file of the bundle, for `src/bundle/loader.ts`. The build runs this in a separate
// process with the same V8 flags as a command, because V8 rejects code that was compiled under other flags.
import { readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const { codeFile, compiled, load, main } = createRequire(import.meta.url)(`${dist}/main.cjs`);

// by default, V8 discards the code of functions that are not called for a while
setFlagsFromString('--no-flush-bytecode');
for (const name of readdirSync(`${dist}/chunks`)) {
  if (name.endsWith('.cjs')) load(`${dist}/chunks/${name}`);
}
// help is run once, because V8 stores only the code of functions that have been called
const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
process.exitCode = await main(['--help'], { stdin: process.stdin, stdout: nowhere, stderr: nowhere });
setFlagsFromString('--flush-bytecode');
for (const { file, code } of compiled()) writeFileSync(codeFile(file), code);
