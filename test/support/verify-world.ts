/** A world whose backups are verified, and can be damaged, hidden and removed. */

import { WardenError } from '../../src/core/errors.ts';
import type { VerifyMessage } from '../../src/features/verify/message.ts';
import { verify } from '../../src/features/verify/verify.ts';
import { readVerification } from '../../src/features/verify/verify-state.ts';
import { MemoryBackupStore } from './memory/memory-backup-store.ts';
import { MemoryWorkQueue } from './memory/memory-work-queue.ts';
import { aVerifyPolicy } from './verify-policy.ts';
import { DAY_MS, WatchWorld } from './watch-world.ts';

/** A store that can forget to list a blob, as one does that is gone or is not readable as a backup. */
class HidingStore extends MemoryBackupStore {
  readonly #hidden = new Set<string>();

  /** The blob is neither listed nor read, as after the lifecycle rule. */
  remove(blob: string): void {
    this.hide(blob);
    this.faults.fail('read', new WardenError('blob-missing', { message: 'removed' }), {
      subject: blob,
      times: 99,
    });
  }

  hide(blob: string): void {
    this.#hidden.add(blob);
  }

  override async *list(...given: Parameters<MemoryBackupStore['list']>) {
    for await (const page of super.list(...given)) yield page.filter(({ blob }) => !this.#hidden.has(blob));
  }
}

/** Keys of one HSM with backups of several generations. */
export class VerifyWorld extends WatchWorld {
  readonly queue = new MemoryWorkQueue(this.clock);
  override readonly backups = new HidingStore(this.clock, 3);
  budgetMs = DAY_MS;
  /** What was stored of the verification each time that it had news. */
  readonly news: string[] = [];
  retentionMs = 400 * DAY_MS;

  verify(message: VerifyMessage = { kind: 'verify', hsm: 'contoso', runId: 'run-1' }) {
    const onNews = async (hsm: string) => {
      const { value } = await readVerification(this.state, hsm);
      this.news.push(`${value?.found} damaged, ${value?.endedAt === undefined ? 'goes on' : 'ended'}`);
    };
    const deps = { ...this.deps, backups: this.backups, queue: this.queue, onNews };
    const { budgetMs, retentionMs } = this;
    const { selection } = this.policy;
    const policy = aVerifyPolicy({ budgetMs, retentionMs, selection });
    return verify(deps, policy, message, new AbortController().signal);
  }

  /** Makes keys with one backup each, `generations` times. */
  async fill(keys: number, generations = 1): Promise<void> {
    for (let n = 0; n < keys; n += 1) this.hsm.createKey(`key-${n}`);
    for (let round = 0; round < generations; round += 1) {
      await this.clock.advance(DAY_MS);
      for (let n = 0; n < keys; n += 1) await this.backUp(`key-${n}`);
    }
  }

  blobOf(key: string, generation = 0): string {
    const blobs = this.backups.blobs.filter((blob) => blob.startsWith(`contoso/${key}/`));
    return blobs[generation] ?? '';
  }

  /** Flips one bit of a stored backup. */
  async damage(blob: string): Promise<void> {
    const bytes = await this.backups.read(blob);
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    this.backups.damage(blob, bytes);
  }
}
