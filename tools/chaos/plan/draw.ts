/** Chance as a function: the same words give the same number, whatever was drawn before and in whatever order. */
import { createHash } from 'node:crypto';

const SPAN = 2 ** 32;

/** A number in [0, 1) that depends on its words alone. */
export function draw(...words: readonly (string | number)[]): number {
  return createHash('sha256').update(words.join('\0')).digest().readUInt32BE(0) / SPAN;
}

/** One of `choices`, each as often as its weight says. Fails when there are none. */
export function choose<T>(chance: number, choices: readonly (readonly [choice: T, weight: number])[]): T {
  let left = chance * choices.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [choice, weight] of choices) {
    left -= weight;
    if (left < 0) return choice;
  }
  throw new Error('expected something to choose from');
}
