/** One measured figure, with its goal if it has one. */

/** `goal.text` is how the table shows it. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: { readonly text: string; readonly met: (value: number) => boolean };
}

/** A figure that must not be above `limit`. */
export function atMost(what: string, value: number, unit: string, limit: number): Figure {
  return { what, value, unit, goal: { text: `<= ${limit}`, met: (found) => found <= limit } };
}

/** A figure that must not be below `limit`. */
export function atLeast(what: string, value: number, unit: string, limit: number): Figure {
  return { what, value, unit, goal: { text: `>= ${limit}`, met: (found) => found >= limit } };
}

/** A figure without a goal. */
export function plain(what: string, value: number, unit: string): Figure {
  return { what, value, unit };
}

/** The value in the middle; of an even number the upper one of the two. */
export function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
