#!/usr/bin/env node
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const bundle = join(__dirname, '../dist/main.cjs');
if (existsSync(bundle)) {
  const { main } = require(bundle);
  main(process.argv.slice(2), process).then((status) => {
    process.exitCode = status;
    // open handles must not keep the process alive after the command has ended
    setTimeout(() => process.exit(), 1_000).unref();
  });
} else {
  const bootstrap = join(__dirname, 'bootstrap');
  process.stderr.write(`shop: The program has not been built. Run ${bootstrap}\n`);
  process.exitCode = 1;
}
