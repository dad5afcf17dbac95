/** Uploads a text that comes in pieces as one blob, whole or not at all, with no more than a block and a piece of it in memory. */
import { randomUUID } from 'node:crypto';
import type { BlobHTTPHeaders, BlobRequestConditions, BlockBlobClient, Metadata } from '@azure/storage-blob';
import { inTime } from '../http/call-limits.ts';

/** Few requests for megabytes, and little memory for each. A blob takes 50 000 blocks. */
const BLOCK_BYTES = 512 * 1024;

/** What the blob is to be, and on which conditions. */
export interface TextUpload {
  readonly conditions: BlobRequestConditions;
  readonly blobHTTPHeaders: BlobHTTPHeaders;
  readonly metadata: Metadata;
  readonly abortSignal?: AbortSignal;
}

/**
 * Uploads `text`; a small one with one request. Returns the ETag. Fails with what `text` throws, then nothing was changed, and
 * with what the SDK throws.
 */
export async function uploadText(
  client: BlockBlobClient,
  text: AsyncIterable<string>,
  upload: TextUpload,
): Promise<string | undefined> {
  const { abortSignal: given, ...options } = upload;
  // Names of its own: blocks of another writer of the same blob must not come into this text.
  const writer = randomUUID();
  const ids: string[] = [];
  const stage = async (bytes: Buffer) => {
    const id = Buffer.from(`${writer}-${String(ids.length).padStart(6, '0')}`).toString('base64');
    await inTime(given, (abortSignal) => client.stageBlock(id, bytes, bytes.length, { abortSignal }));
    ids.push(id);
  };
  // One block for the whole upload: sent before it is filled again.
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let used = 0;
  for await (const piece of text) {
    const bytes = Buffer.byteLength(piece);
    if (used > 0 && used + bytes > BLOCK_BYTES) {
      await stage(block.subarray(0, used));
      used = 0;
    }
    if (bytes > BLOCK_BYTES) await stage(Buffer.from(piece));
    else used += block.write(piece, used);
  }
  const last = block.subarray(0, used);
  if (ids.length > 0 && used > 0) await stage(last);
  const { etag } = await inTime(given, (abortSignal) =>
    ids.length === 0
      ? client.upload(last, used, { ...options, abortSignal })
      : client.commitBlockList(ids, { ...options, abortSignal }),
  );
  return etag;
}
