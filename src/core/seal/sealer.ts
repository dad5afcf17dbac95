/** The port that makes seals. Every adapter passes test/contract/sealer.ts. */
import type { Seal, SealedFacts, SealPurpose } from './seal.ts';

/** Seals with one key, which never leaves where it is. */
export interface Sealer {
  /**
   * Signs `facts` for `purpose`. What is sealed must be known to the caller from its source in this very call: nothing that was
   * read from storage is ever sealed as a recovery point or a decision. A loss that the watch remembers is, as a finding: it only warns. Fails with `seal-unavailable` when the key cannot be used, and when it is not among the
   * pinned keys for this purpose, for such a seal would not count; with the reason of `signal` when that is aborted.
   */
  seal(purpose: SealPurpose, facts: SealedFacts, signal?: AbortSignal): Promise<Seal>;
}
