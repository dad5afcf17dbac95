/** Lets a test say what the functions of the fixture apps do. */
import type { InvocationContext } from '@azure/functions';

/** What a fixture function does with its trigger's value. */
export type Act = (value: unknown, context: InvocationContext) => unknown;

/** The acts of the fixture functions, by function name; a function without one does nothing. */
export const acts = new Map<string, Act>();

/** A handler that does what the test said. */
export function scripted(name: string): (value: unknown, context: InvocationContext) => Promise<unknown> {
  return async (value, context) => acts.get(name)?.(value, context);
}
