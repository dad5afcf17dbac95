/** How the product reaches its storage account: with its identity, or, on this machine only, with a connection string. */
import type { TokenCredential } from '@azure/core-auth';
import { WardenError } from '../../core/errors.ts';
import { tlsPipelineOptions } from './tls.ts';

/** The way to a storage account. */
export type StorageAccess = (
  | {
      readonly kind: 'identity';
      readonly blobUrl: string;
      readonly queueUrl: string;
      readonly credential: TokenCredential;
    }
  /** For a local storage emulator; refused for anything but loopback. */
  | { readonly kind: 'connection-string'; readonly connectionString: string }
) & {
  /** PEM of the certificate authorities to trust in place of the usual ones. */
  readonly caPem?: string;
};

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\]|[a-z0-9-]+\.localhost)$/i;

/**
 * Pipeline options of every storage client: kept connections, and few tries, because the caller has retries of its own
 * at a level where they are seen and counted.
 */
export function storagePipelineOptions(access: StorageAccess) {
  return {
    keepAliveOptions: { enable: true },
    retryOptions: { maxTries: 3, retryDelayInMs: 200, maxRetryDelayInMs: 2_000, tryTimeoutInMs: 30_000 },
    ...tlsPipelineOptions(access.caPem),
  };
}

/** Refuses a connection string that leads off this machine. Fails with `settings-invalid`; the message never holds the string. */
export function requireLoopback(connectionString: string): void {
  if (/^\s*UseDevelopmentStorage=true\s*;?\s*$/i.test(connectionString)) return;
  const endpoints = [...connectionString.matchAll(/(?:^|;)\s*\w*(?:Endpoint|ProxyUri)=([^;]*)/gi)].map(
    ([, url = '']) => url,
  );
  if (endpoints.length > 0 && endpoints.every(isLoopback)) return;
  throw new WardenError('settings-invalid', {
    message: 'The storage connection string does not lead to this machine.',
    advice: 'Use the URL of the storage account and the identity of the app instead of a key.',
  });
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && LOOPBACK.test(new URL(url).hostname);
}

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
