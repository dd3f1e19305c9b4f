/** Gives what `source` gives, and has it make the next while the one before is worked on. */
export async function* readAhead<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done === true) return;
      next = iterator.next();
      // it is awaited in the next round; what fails meanwhile is told then
      next.catch(() => {});
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}
