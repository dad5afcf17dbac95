/** Reading what belongs to several HSMs, of which none may hide the others. */
import { isWardenError, type WardenError } from './errors.ts';

/** What could be read, in the order of the names, and what could not. */
export interface ReadEach<T> {
  readonly read: readonly T[];
  readonly failed: readonly { readonly name: string; readonly error: WardenError }[];
}

/** Reads something of each of `names`. One whose document is not what it should be is left out and named; it fails with all else. */
export async function readEach<T>(
  names: readonly string[],
  read: (name: string) => Promise<T>,
): Promise<ReadEach<T>> {
  const failed: { name: string; error: WardenError }[] = [];
  const all = await Promise.all(
    names.map(async (name) => {
      try {
        return [await read(name)];
      } catch (error) {
        if (!isWardenError(error, 'state-corrupt')) throw error;
        failed.push({ name, error });
        return [];
      }
    }),
  );
  return { read: all.flat(), failed };
}
