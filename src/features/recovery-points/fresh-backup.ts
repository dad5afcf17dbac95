/** A backup as the HSM gave it out in this very call: the only thing that is ever sealed. */
import type { KeyService } from '../../core/ports.ts';
import { sha256Hex } from '../../core/sha256.ts';

/**
 * Bytes that came from the HSM. There is no other way to one of these than {@link FreshBackup.take}: what was read from
 * storage, or came with a message, cannot be made into one, so it cannot be sealed.
 */
export class FreshBackup {
  readonly hsm: string;
  readonly key: string;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly #bytes: Uint8Array;

  private constructor(hsm: string, key: string, bytes: Uint8Array) {
    this.hsm = hsm;
    this.key = key;
    this.#bytes = bytes;
    this.sha256 = sha256Hex(bytes);
  }

  /** Asks the HSM for a backup of a key. Fails as {@link KeyService.backupKey}. */
  static async take(keys: KeyService, key: string, signal?: AbortSignal): Promise<FreshBackup> {
    return new FreshBackup(keys.hsm, key, await keys.backupKey(key, signal));
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }
}
