/** Remembers the end of the audit chain in the state container: whoever cuts the log short must reach both. */
import { text } from 'node:stream/consumers';
import type { BlobRequestConditions, ContainerClient } from '@azure/storage-blob';
import { repeatOnConflict } from '../../core/documents/update-document.ts';
import { isWardenError, WardenError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import type { AuditAnchor } from '../../features/audit/audit-log.ts';
import { type ChainTip, EMPTY_CHAIN } from '../../features/audit/entry.ts';
import { AnchorState } from '../../features/audit/segment.ts';
import { bodyOf } from '../http/answer-body.ts';
import { inTime } from '../http/call-limits.ts';
import { translateStorageError } from '../http/translate-storage-error.ts';
import { ANCHOR_BLOB } from './audit-names.ts';

interface Held {
  readonly state: AnchorState;
  readonly etag: string;
}

/** An {@link AuditAnchor} in one small blob. */
export class BlobAuditAnchor implements AuditAnchor {
  readonly #container: ContainerClient;
  readonly #clock: Clock;
  #held: Held | undefined;

  constructor(options: { readonly container: ContainerClient; readonly clock: Clock }) {
    this.#container = options.container;
    this.#clock = options.clock;
  }

  async read(): Promise<AnchorState | undefined> {
    return (await this.#load())?.state;
  }

  async begin(): Promise<void> {
    try {
      await this.#write(EMPTY_CHAIN, { ifNoneMatch: '*' });
    } catch (error) {
      if (!isWardenError(error, 'state-conflict')) throw error;
    }
  }

  async advance(tip: ChainTip): Promise<void> {
    await repeatOnConflict('The end of the audit log', async () => {
      const held = this.#held ?? (await this.#load());
      if (held === undefined) throw anchorGone();
      if (held.state.seq >= tip.seq) return;
      // Whatever comes of the write, what is remembered here may be outdated by it.
      this.#held = undefined;
      await this.#write({ ...held.state, ...tip }, { ifMatch: held.etag });
    });
  }

  async restart(state: AnchorState): Promise<void> {
    this.#held = undefined;
    await this.#write(state, {});
  }

  async #write(state: AnchorState, conditions: BlobRequestConditions): Promise<void> {
    const content = JSON.stringify(state);
    try {
      const client = this.#container.getBlockBlobClient(ANCHOR_BLOB);
      const { etag } = await inTime(undefined, (abortSignal) =>
        client.upload(content, content.length, {
          conditions,
          blobHTTPHeaders: { blobContentType: 'application/json' },
          abortSignal,
        }),
      );
      this.#held = etag === undefined ? undefined : { state, etag };
    } catch (error) {
      const meanings = { ConditionNotMet: 'state-conflict', BlobAlreadyExists: 'state-conflict' } as const;
      throw translateStorageError(
        error,
        { what: 'remember the end of the audit log', meanings },
        this.#clock.now(),
      );
    }
  }

  async #load(): Promise<Held | undefined> {
    try {
      this.#held = await inTime(undefined, async (abortSignal) => {
        const answer = await this.#container
          .getBlobClient(ANCHOR_BLOB)
          .download(0, undefined, { abortSignal });
        const body = bodyOf(answer, ANCHOR_BLOB);
        const content = body === undefined ? '' : await text(body);
        return { state: parseAnchor(content), etag: answer.etag ?? '' };
      });
      return this.#held;
    } catch (error) {
      const call = {
        what: 'read the end of the audit log',
        meanings: { BlobNotFound: 'blob-missing' } as const,
      };
      const translated = translateStorageError(error, call, this.#clock.now());
      if (isWardenError(translated, 'blob-missing')) return undefined;
      throw translated;
    }
  }
}

function anchorGone(): WardenError {
  return new WardenError('audit-corrupt', {
    message: `The blob ${ANCHOR_BLOB}, which remembers where the audit log ends, is gone.`,
    advice:
      'Compare the log with the copies that your events or SIEM have. Only then write the blob again, from the tip that `hsm-warden audit verify` shows.',
  });
}

function parseAnchor(content: string): AnchorState {
  try {
    return AnchorState.parse(JSON.parse(content));
  } catch (cause) {
    throw new WardenError('audit-corrupt', {
      message: `The blob ${ANCHOR_BLOB} does not say where the audit log ends.`,
      advice: 'Verify the audit log against the copies of its last line that the events carry.',
      cause,
    });
  }
}
