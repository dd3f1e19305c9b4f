/** Calls each function in turn, even if an earlier one fails. @throws the first error after all have been called */
export async function closeAll(closers: Iterable<() => unknown>): Promise<void> {
  const errors: unknown[] = [];
  for (const close of closers) {
    try {
      await close();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
