/** Examines how an operation failed. */
import { WardenError } from '../../src/core/errors.ts';

/** The error of a promise that must fail with a WardenError. */
export async function failureOf(promise: Promise<unknown>): Promise<WardenError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof WardenError) return error;
    throw new Error('expected a WardenError', { cause: error });
  }
  throw new Error('expected a failure');
}
