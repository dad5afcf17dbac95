/** The audit log's parts as append blobs: each line is appended at exactly the position its writer saw, or not at all. */

import { text } from 'node:stream/consumers';
import { isRestError } from '@azure/core-rest-pipeline';
import type { AppendBlobClient, ContainerClient } from '@azure/storage-blob';
import { definedOnly } from '../../core/defined-only.ts';
import { isWardenError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import {
  type AuditPart,
  type AuditStore,
  comparePart,
  type PartEnd,
} from '../../features/audit/audit-log.ts';
import { bodyOf, bytesOf } from '../http/answer-body.ts';
import { inTime } from '../http/call-limits.ts';
import { serviceCodeOf } from '../http/fault.ts';
import { requireStorage } from '../http/storage-access.ts';
import { translateStorageError } from '../http/translate-storage-error.ts';
import {
  auditBlobName,
  parseAuditBlobName,
  parseSegmentPrefix,
  SEGMENTS,
  segmentPrefix,
} from './audit-names.ts';

/** More than the longest line: the last line is read from so many bytes at the end. */
const TAIL_BYTES = 64 * 1024;

/** Read at a time: each piece has a limit of its own, so that a long part, of 100 MB at most, takes more time and does not fail. */
const PIECE_BYTES = 1024 * 1024;

/** What this process appended last: it need not be read again. */
interface Remembered {
  readonly part: AuditPart;
  readonly position: number;
  readonly lastLine?: string;
}

/** An {@link AuditStore} on a Blob container. Lines are whole blocks, so a line is stored whole or not at all. */
export class BlobAuditStore implements AuditStore {
  readonly #container: ContainerClient;
  readonly #clock: Clock;
  #known: Remembered | undefined;

  constructor(options: { readonly container: ContainerClient; readonly clock: Clock }) {
    this.#container = options.container;
    this.#clock = options.clock;
  }

  async end(fresh: boolean, segment?: string): Promise<PartEnd | undefined> {
    return this.#translated('read the end of the audit log', async (abortSignal) => {
      const known = fresh || this.#known?.part.segment !== segment ? undefined : this.#known;
      const part = known?.part ?? (await this.#newest(segment));
      if (part === undefined) return undefined;
      const client = this.#client(part);
      const properties = await client.getProperties({ abortSignal });
      // What is no answer of the service would read as an empty log, which is the gravest finding there is.
      requireStorage(properties, auditBlobName(part));
      const { contentLength: position = 0, blobCommittedBlockCount: lines = 0, date } = properties;
      const lastLine =
        known?.position === position ? known.lastLine : await readLastLine(client, position, abortSignal);
      this.#remember({ part, position, ...definedOnly({ lastLine }) });
      const serviceTime = date?.getTime() ?? this.#clock.now();
      return { part, position, lines, serviceTime, ...definedOnly({ lastLine }) };
    });
  }

  async open(part: AuditPart): Promise<void> {
    try {
      await this.#translated(`open part ${part.number} of the audit log of ${part.day}`, (abortSignal) =>
        this.#client(part).create({
          abortSignal,
          conditions: { ifNoneMatch: '*' },
          blobHTTPHeaders: { blobContentType: 'application/jsonl' },
        }),
      );
    } catch (error) {
      if (!isWardenError(error, 'state-conflict')) throw error;
    }
  }

  async append(part: AuditPart, lines: string, position: number): Promise<void> {
    const length = Buffer.byteLength(lines);
    try {
      await this.#translated(`append to the audit log of ${part.day}`, (abortSignal) =>
        this.#client(part).appendBlock(lines, length, {
          abortSignal,
          conditions: { appendPosition: position },
        }),
      );
    } catch (error) {
      if (!(await this.#isOwn(part, lines, position, error))) throw error;
    }
    this.#remember({ part, position: position + length, lastLine: lines.trimEnd().split('\n').at(-1) ?? '' });
  }

  /**
   * Whether the append that failed with `failure` was done. Each line carries a hash of its own: the very same ones there are
   * ours, written by a try whose answer was lost. Fails with what may pass when a conflict cannot be distinguished from that.
   */
  async #isOwn(part: AuditPart, lines: string, position: number, failure: unknown): Promise<boolean> {
    try {
      return await this.#translated(`read the audit log of ${part.day}`, async (abortSignal) => {
        const answer = await this.#client(part).download(position, Buffer.byteLength(lines), { abortSignal });
        return (await bytesOf(answer, auditBlobName(part))).toString() === lines;
      });
    } catch (unseen) {
      if (isNothingThere(unseen) || !isWardenError(failure, 'state-conflict')) return false;
      throw unseen;
    }
  }

  async *parts(segment?: string): AsyncGenerator<AuditPart> {
    const parts: AuditPart[] = [];
    await this.#translated('list the audit log', async (abortSignal) => {
      const prefix = segment === undefined ? {} : { prefix: segmentPrefix(segment) };
      const options = { ...prefix, abortSignal };
      for await (const page of this.#container.listBlobsFlat(options).byPage()) {
        requireStorage(page, 'the list of the audit log');
        for (const { name } of page.segment.blobItems) {
          const part = parseAuditBlobName(name);
          if (part !== undefined && part.segment === segment) parts.push(part);
        }
      }
    });
    yield* parts.sort(comparePart);
  }

  async segments(): Promise<readonly string[]> {
    return this.#translated('list the segments of the audit log', async (abortSignal) => {
      const found: string[] = [];
      const pages = this.#container.listBlobsByHierarchy('/', { prefix: SEGMENTS, abortSignal }).byPage();
      for await (const page of pages) {
        requireStorage(page, 'the list of the segments of the audit log');
        for (const { name } of page.segment.blobPrefixes ?? []) {
          const segment = parseSegmentPrefix(name);
          if (segment !== undefined) found.push(segment);
        }
      }
      return found.sort();
    });
  }

  async read(part: AuditPart, from = 0): Promise<string> {
    const pieces: Uint8Array[] = [];
    for (let at = from; ; ) {
      const piece = await this.#piece(part, at);
      pieces.push(piece);
      at += piece.byteLength;
      // A character may stand on both sides of a cut: it is text only when all is there.
      if (piece.byteLength < PIECE_BYTES) return Buffer.concat(pieces).toString('utf8');
    }
  }

  /** What stands from a position on, {@link PIECE_BYTES} at most; less than these at the end of the part. */
  #piece(part: AuditPart, from: number): Promise<Uint8Array> {
    return this.#translated(`read the audit log of ${part.day}`, async (abortSignal) => {
      try {
        const answer = await this.#client(part).download(from, PIECE_BYTES, { abortSignal });
        return await bytesOf(answer, auditBlobName(part));
      } catch (error) {
        // A range that begins at the end, or in a part without a line, is refused: nothing follows.
        if (isRestError(error) && serviceCodeOf(error) === 'InvalidRange') return new Uint8Array();
        throw error;
      }
    });
  }

  async #newest(segment: string | undefined): Promise<AuditPart | undefined> {
    let newest: AuditPart | undefined;
    for await (const part of this.parts(segment)) newest = part;
    return newest;
  }

  #remember(known: Remembered): void {
    this.#known = known;
  }

  #client(part: AuditPart): AppendBlobClient {
    return this.#container.getAppendBlobClient(auditBlobName(part));
  }

  async #translated<T>(what: string, work: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await inTime(undefined, work);
    } catch (error) {
      const meanings = {
        AppendPositionConditionNotMet: 'state-conflict',
        ConditionNotMet: 'state-conflict',
        BlobAlreadyExists: 'state-conflict',
      } as const;
      throw translateStorageError(error, { what, meanings }, this.#clock.now());
    }
  }
}

/** A range that begins at the end of the part or beyond it, or in a part that is not there: the service says so. */
function isNothingThere(error: unknown): boolean {
  const cause = isWardenError(error) ? error.cause : error;
  return isRestError(cause) && ['InvalidRange', 'BlobNotFound'].includes(serviceCodeOf(cause));
}

async function readLastLine(
  client: AppendBlobClient,
  length: number,
  abortSignal: AbortSignal,
): Promise<string | undefined> {
  if (length === 0) return undefined;
  const start = Math.max(0, length - TAIL_BYTES);
  const answer = await client.download(start, length - start, { abortSignal });
  const body = bodyOf(answer, client.name);
  const tail = body === undefined ? '' : await text(body);
  // Without an end of its own the last line is not whole; the engine refuses it.
  return tail.endsWith('\n') ? tail.slice(0, -1).split('\n').at(-1) : `${tail.split('\n').at(-1)} (cut off)`;
}
