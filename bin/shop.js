#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const bundle = new URL('../dist/main.js', import.meta.url);
if (existsSync(bundle)) {
  const { main } = await import(bundle.href);
  process.exitCode = await main(process.argv.slice(2), process);
  // whatever still holds the event loop after the command has ended must not keep the process
  setTimeout(() => process.exit(), 1_000).unref();
} else {
  const bootstrap = fileURLToPath(new URL('./bootstrap', import.meta.url));
  process.stderr.write(`shop: The program has not been built. Run ${bootstrap}\n`);
  process.exitCode = 1;
}
