/** Kinds of values that options take, each with the words for what does not fit. */
import { z } from 'zod';

/** A whole number between two others, in decimal digits. */
export function wholeNumber(low: number, high: number) {
  const expected =
    high === Number.MAX_SAFE_INTEGER
      ? `expected a whole number of at least ${low}`
      : `expected a whole number from ${low} to ${high}`;
  return z
    .string()
    .trim()
    .regex(/^\d{1,16}$/, expected)
    .transform(Number)
    .refine((count) => count >= low && count <= high, expected);
}

/** A number between two others, perhaps with a decimal point. */
export function numberFrom(low: number, high: number, unit: string) {
  const expected = `expected ${unit} from ${low} to ${high}`;
  return z
    .string()
    .trim()
    .regex(/^\d{1,9}(\.\d{1,6})?$/, expected)
    .transform(Number)
    .refine((count) => count >= low && count <= high, expected);
}
