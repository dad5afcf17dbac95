/** The messages that failed for good, of every account that could be read. */
import { isWardenError, type WardenErrorCode } from '../../core/errors.ts';
import type { DeadLetter } from '../../core/ports.ts';
import type { AccountLetters } from '../../platform/dead-letters.ts';
import { adviceFor } from '../frame/failures.ts';

/** One of them, with the endpoint of the account that it lies in. */
export interface FoundLetter extends DeadLetter {
  readonly account: string | undefined;
}

/** An account whose queues could not be read. */
export interface UnreadAccount {
  readonly account: string | undefined;
  readonly code: WardenErrorCode;
  readonly message: string;
  readonly advice: string | undefined;
}

/** What lies in the accounts, and which of them could not be read. Fails with what is no trouble of an account. */
export async function readLetters(accounts: readonly AccountLetters[]): Promise<{
  readonly found: readonly FoundLetter[];
  readonly unread: readonly UnreadAccount[];
}> {
  const found: FoundLetter[] = [];
  const unread: UnreadAccount[] = [];
  for (const { account, letters } of accounts) {
    try {
      found.push(...(await letters.list()).map((letter) => ({ ...letter, account })));
    } catch (error) {
      unread.push(unreadOf(account, error));
    }
  }
  return { found, unread };
}

/** Sends one again, where it lies in this account. Fails with what is no trouble of the account. */
export async function sendAgain(
  { account, letters }: AccountLetters,
  letter: Pick<DeadLetter, 'queue' | 'id'>,
): Promise<'sent' | 'absent' | UnreadAccount> {
  try {
    return (await letters.retry(letter)) ? 'sent' : 'absent';
  } catch (error) {
    return unreadOf(account, error);
  }
}

/** Sends all of a queue again that lie in this account: how many. Fails with what is no trouble of the account. */
export async function sendAllAgain(
  { account, letters }: AccountLetters,
  queue: string,
): Promise<number | UnreadAccount> {
  try {
    return await letters.retryAll(queue);
  } catch (error) {
    return unreadOf(account, error);
  }
}

function unreadOf(account: string | undefined, error: unknown): UnreadAccount {
  // Without a sign-in no account is read: that is one trouble, and its fix another.
  if (!isWardenError(error) || error.code === 'signed-out') throw error;
  const { code, message, advice } = error;
  return { account, code, message, advice };
}

/** The lines about an account that could not be read: never that nothing lies there. */
export function unreadLines({ account, code, message, advice }: UnreadAccount): readonly string[] {
  const fix = adviceFor(code, advice);
  return [
    `CANNOT TELL: the queues of ${nameOf(account)} could not be read (${code})`,
    `  ${message}`,
    ...(fix === undefined ? [] : [`  -> ${fix}`]),
  ];
}

/** The name of the account in the address of its queues, for people. */
export function nameOf(account: string | undefined): string {
  if (account === undefined) return 'the local account';
  const { host } = new URL(account);
  return host.replace(/\.queue\..*$/, '');
}
