// For `node --import`: SIGUSR2 blocks the event loop for TEST_BLOCK_MS milliseconds.
process.on('SIGUSR2', () => {
  process.stderr.write('the event loop is blocked\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(process.env.TEST_BLOCK_MS));
});
