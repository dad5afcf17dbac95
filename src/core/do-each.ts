/** Work of which none may hold up the other. */

/** Does all of `works` one after the other, whatever becomes of each. Fails then with what the first of them failed with. */
export async function doEach(works: Iterable<() => Promise<void>>): Promise<void> {
  const failures: unknown[] = [];
  for (const work of works) {
    try {
      await work();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
