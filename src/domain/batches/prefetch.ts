/** Yields the items of `source`, and requests the next item while the caller works on the current one. */
export async function* prefetch<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done === true) return;
      next = iterator.next();
      // the next round awaits this promise and reports a failure; the handler only prevents an unhandled rejection
      next.catch(() => {});
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}
