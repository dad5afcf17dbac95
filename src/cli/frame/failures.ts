/** What the command line itself finds wrong, and how any failure is explained: one sentence, and what to do. */
import { definedOnly } from '../../core/defined-only.ts';
import { isWardenError, type WardenErrorCode } from '../../core/errors.ts';
import type { ExitName } from './exit-codes.ts';

/** The command line cannot be followed as it was written. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly advice: string | undefined;
  readonly exit: ExitName;

  constructor(message: string, advice?: string, exit: ExitName = 'unknown') {
    super(message);
    this.advice = advice;
    this.exit = exit;
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

/** A failure as it is shown. */
export interface Explanation {
  readonly exit: ExitName;
  readonly code: string;
  readonly message: string;
  readonly advice?: string;
}

/** Where the adapters advise whoever runs the app, a person at a terminal needs other words. */
const ADVICE: Partial<Record<WardenErrorCode, string>> = {
  'hsm-forbidden':
    'Ask an administrator of the HSM for a local role with that data action at that scope, or check its network rules; hsm-warden whoami shows who you are.',
  'hsm-unauthenticated':
    'Sign in again, and check the URL of the HSM and --cloud; hsm-warden whoami shows who you are.',
  'hsm-token-unavailable': 'Sign in again: az login',
  'storage-forbidden':
    'Ask for the role Storage Blob Data Reader (to restore or back up: Contributor) on the account, or check its network rules; hsm-warden whoami shows who you are.',
  'storage-token-unavailable': 'Sign in again: az login',
  'sign-in-stale': 'Sign in again (az logout, then az login), and run the same command again.',
  'step-up-required':
    'Sign in again as the tenant asks for it: az logout, then az login --claims-challenge with what the tenant wants; or decide in the console, which asks for it: hsm-warden open.',
  'recovery-unknown': 'hsm-warden recovery list shows the requests.',
  'finding-unknown': 'hsm-warden status shows the findings.',
};

/** Errors of the machine under this process, by Node's codes: nobody's fault in this program. */
const MACHINE: Readonly<Record<string, string>> = {
  ENOSPC: 'Make room on the disk, then run the same command again.',
  EDQUOT: 'The quota of the disk is used up: make room, then run the same command again.',
  EROFS: 'The file system can only be read: choose another place.',
  EACCES: 'You may not write there: choose another place, or change its permissions.',
  EPERM: 'You may not do that there: choose another place, or change its permissions.',
  ENOENT: 'Check the path.',
  ENOTDIR: 'Check the path.',
  EISDIR: 'That is a folder: name a file.',
  EMFILE: 'Too many files are open on this machine (ulimit -n).',
  ENFILE: 'Too many files are open on this machine.',
  EIO: 'The disk does not work.',
  EPIPE: 'Whoever read the output went away.',
};

/** What a person at a terminal can do about a failure of this code; `advice` is the error's own. */
export function adviceFor(code: WardenErrorCode, advice: string | undefined): string | undefined {
  return ADVICE[code] ?? advice;
}

/** Says what `error` was. What is neither ours nor expected is reported by its message alone, never with its insides. */
export function explain(error: unknown): Explanation {
  if (error instanceof UsageError) return explained(error.exit, 'usage', error.message, error.advice);
  if (error instanceof GuardRefusal) return explained('refused', 'guard', error.message, error.advice);
  if (isWardenError(error)) {
    // What happened while a person decided: without it the refusal of a decision is a riddle.
    const message = [error.message, ...(error.changes ?? [])].join(' ');
    return explained(exitOf(error.code), error.code, message, adviceFor(error.code, error.advice));
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && 'syscall' in error && 'code' in error) {
    return explained('failed', 'machine', `${message}.`, MACHINE[String(error.code)]);
  }
  return explained(
    'failed',
    'unexpected',
    message,
    'This is a fault of hsm-warden itself; report it with the command you gave.',
  );
}

function exitOf(code: WardenErrorCode): ExitName {
  switch (code) {
    case 'aborted':
      return 'interrupted';
    case 'signed-out':
      return 'signed-out';
    case 'settings-invalid':
      return 'unknown';
    default:
      return 'failed';
  }
}

function explained(exit: ExitName, code: string, message: string, advice: string | undefined): Explanation {
  return { exit, code, message, ...definedOnly({ advice }) };
}
