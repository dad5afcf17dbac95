/** The Sealer port on a key in Azure Key Vault (or a Managed HSM), through the Azure SDK: the key signs, and never leaves. */
import { createHash } from 'node:crypto';
import type { CryptographyClient, KeyClient } from '@azure/keyvault-keys';
import { abortReason, WardenError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { keyIdOf, type PinnedKeys } from '../../core/seal/pinned-keys.ts';
import { type Seal, type SealedFacts, type SealPurpose, sealedBytes } from '../../core/seal/seal.ts';
import type { Sealer } from '../../core/seal/sealer.ts';
import { verifySeal } from '../../core/seal/verify-seal.ts';
import { CALL_LIMITS_MS, withinLimits } from '../http/call-limits.ts';
import { failureWord } from '../http/fault.ts';
import { inCallContext } from './call-context.ts';
import { createKeyClient, type HsmClientOptions } from './client.ts';
import { parseKeyUrl, readPublicKey } from './sealing-key.ts';

/** What a {@link KeyVaultSealer} works with. */
export interface KeyVaultSealerOptions extends Omit<HsmClientOptions, 'url'> {
  /** `https://{vault}/keys/{name}/{version}`. */
  readonly keyUrl: string;
  readonly clock: Clock;
  /** A seal by a key that is not among these is not made: it would not count. */
  readonly pinned: (signal?: AbortSignal) => Promise<PinnedKeys>;
  /** Time for one seal with its token, in milliseconds. */
  readonly limitMs?: number;
}

/** A {@link Sealer} that sends one request for each seal; the public key is read once. */
export class KeyVaultSealer implements Sealer {
  readonly #options: KeyVaultSealerOptions;
  readonly #client: KeyClient;
  readonly #crypto: CryptographyClient;
  readonly #name: string;
  readonly #version: string;
  #keyId: string | undefined;

  constructor(options: KeyVaultSealerOptions) {
    const { vaultUrl, name, version } = parseKeyUrl(options.keyUrl);
    this.#options = options;
    this.#client = createKeyClient({ ...options, url: vaultUrl });
    this.#crypto = this.#client.getCryptographyClient(name, { keyVersion: version });
    this.#name = name;
    this.#version = version;
  }

  async seal(purpose: SealPurpose, facts: SealedFacts, signal?: AbortSignal): Promise<Seal> {
    const { clock, pinned, limitMs = CALL_LIMITS_MS.sealCall } = this.#options;
    try {
      return await withinLimits({ of: 'the sealing key', signal, limitMs }, (ending) =>
        inCallContext({ signal: ending }, async () => {
          const keys = await pinned(ending);
          const about = { keyId: await this.#id(), sealedAt: clock.now() };
          const bytes = sealedBytes(keys.deployment, purpose, facts, about);
          const digest = createHash('sha256').update(bytes).digest();
          const { result } = await this.#crypto.sign('ES256', digest);
          const signature = Buffer.from(result).toString('base64url');
          const seal: Seal = { format: 1, ...about, signature };
          const verdict = verifySeal(keys, purpose, facts, seal);
          if (!verdict.good) throw this.#unavailable(`a seal by it would not count: ${verdict.why}`);
          return seal;
        }),
      );
    } catch (error) {
      if (signal?.aborted) throw abortReason(signal, 'The sealing was aborted.');
      if (error instanceof WardenError && error.code === 'seal-unavailable') throw error;
      if (error instanceof TypeError && error.message.startsWith('expected ')) throw error;
      throw this.#unavailable(`it cannot be used (${failureWord(error)})`, error);
    }
  }

  async #id(): Promise<string> {
    this.#keyId ??= keyIdOf(await readPublicKey(this.#client, this.#name, this.#version));
    return this.#keyId;
  }

  #unavailable(why: string, cause?: unknown): WardenError {
    return new WardenError('seal-unavailable', {
      message: `Nothing can be sealed with the key ${this.#options.keyUrl}: ${why}.`,
      advice:
        'Check that the vault answers, that the identity may sign with this key and read it, and that the settings pin its public key (hsm-warden seal show).',
      ...(cause === undefined ? {} : { cause, reason: failureWord(cause) }),
    });
  }
}
