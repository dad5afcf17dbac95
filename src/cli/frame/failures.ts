/** What the command line itself finds wrong, and how any failure is told: one sentence, and what to do. */
import { isWardenError } from '../../core/errors.ts';
import type { ExitName } from './exit-codes.ts';

/** The command line cannot be followed as it was written. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly advice: string | undefined;

  constructor(message: string, advice?: string) {
    super(message);
    this.advice = advice;
  }
}

/** A guard rail refuses; nothing was changed. */
export class GuardRefusal extends Error {
  override readonly name = 'GuardRefusal';
  readonly advice: string;

  constructor(message: string, advice: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.advice = advice;
  }
}

/** A failure as it is told. */
export interface Told {
  readonly exit: ExitName;
  readonly code: string;
  readonly message: string;
  readonly advice?: string;
}

/** Says what `error` was. What is neither ours nor expected is told by its message alone, never with its insides. */
export function tell(error: unknown): Told {
  if (error instanceof UsageError) return told('unknown', 'usage', error.message, error.advice);
  if (error instanceof GuardRefusal) return told('refused', 'guard', error.message, error.advice);
  if (isWardenError(error, 'aborted')) return told('interrupted', error.code, error.message, error.advice);
  if (isWardenError(error)) {
    const exit = error.code === 'settings-invalid' ? 'unknown' : 'failed';
    return told(exit, error.code, error.message, error.advice);
  }
  const message = error instanceof Error ? error.message : String(error);
  return told(
    'failed',
    'unexpected',
    message,
    'This is a fault of hsm-warden itself; report it with the command you gave.',
  );
}

function told(exit: ExitName, code: string, message: string, advice: string | undefined): Told {
  return { exit, code, message, ...(advice === undefined ? {} : { advice }) };
}
