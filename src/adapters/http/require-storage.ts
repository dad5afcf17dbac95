/** Knows an answer of the storage account from that of something on the way to it. */
import { WardenError } from '../../core/errors.ts';

/**
 * The service says its version with every answer. One without it came from elsewhere, and says nothing of `place`: neither that
 * it is there, nor that it is empty. Fails with `storage-unavailable`.
 */
export function requireStorage({ version }: { readonly version?: string | undefined }, place: string): void {
  if (version !== undefined) return;
  throw new WardenError('storage-unavailable', {
    message: `Could not read ${place}: the answer is not one of the storage account.`,
    advice: 'Wait; if it goes on, look for a proxy on the way to the storage account.',
  });
}
