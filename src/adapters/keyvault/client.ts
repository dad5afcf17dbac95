/** Makes the SDK's client of one Managed HSM: each request is sent once, within limits, to the HSM's own origin. */
import type { TokenCredential } from '@azure/core-auth';
import { KeyClient } from '@azure/keyvault-keys';
import { CALL_LIMITS_MS } from '../http/call-limits.ts';
import { tlsPipelineOptions } from '../http/tls.ts';
import { callContextPolicy } from './call-context.ts';

/** How to reach one Managed HSM. */
export interface HsmClientOptions {
  readonly url: string;
  readonly credential: TokenCredential;
  /** PEM of the certificate authorities to trust in place of the usual ones. */
  readonly caPem?: string;
  /** For an HSM whose host is not under `managedhsm.azure.net` or its like: a local emulator only. */
  readonly disableChallengeResourceVerification?: boolean;
  /** Time for one request, in milliseconds. */
  readonly timeoutMs?: number;
}

/** A client that never retries: not even what cannot be done twice would be safe from that. */
export function createKeyClient(options: HsmClientOptions): KeyClient {
  const policy = callContextPolicy(
    new URL(options.url).origin,
    options.timeoutMs ?? CALL_LIMITS_MS.hsmRequest,
  );
  return new KeyClient(options.url, options.credential, {
    retryOptions: { maxRetries: 0 },
    redirectOptions: { maxRetries: 0 },
    // So that the HSM's audit log shows which requests are the product's own.
    userAgentOptions: { userAgentPrefix: 'hsm-warden' },
    ...tlsPipelineOptions(options.caPem),
    additionalPolicies: [{ policy, position: 'perCall' }],
    disableChallengeResourceVerification: options.disableChallengeResourceVerification ?? false,
  });
}
