/** What a version wrote to storage, kept as test data: one JSON object a blob. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { StorageAccess } from '../../src/adapters/http/storage-access.ts';
import { openContainer } from './storage-worlds.ts';

/** The containers that are kept. */
export const KEPT_CONTAINERS = ['key-backups', 'warden-state', 'warden-audit'] as const;

const KeptBlob = z.strictObject({
  container: z.enum(KEPT_CONTAINERS),
  name: z.string(),
  type: z.enum(['BlockBlob', 'AppendBlob', 'PageBlob']),
  contentType: z.string(),
  createdOn: z.iso.datetime(),
  metadata: z.record(z.string(), z.string()),
  /** Every blob of the product is text, backups (compact JWE) too. */
  text: z.string(),
});
export type KeptBlob = z.infer<typeof KeptBlob>;

/** The text of the file. */
export function writeKept(blobs: readonly KeptBlob[]): string {
  return `[\n${blobs.map((blob) => JSON.stringify(blob)).join(',\n')}\n]\n`;
}

/** Reads the file of a version, such as `0.1.0`. */
export async function readKept(version: string): Promise<KeptBlob[]> {
  const file = new URL(`../data/format-${version}/storage.json`, import.meta.url);
  return z.array(KeptBlob).parse(JSON.parse(await readFile(file, 'utf8')));
}

/** Writes the blobs into the containers of a storage account, which are made. */
export async function loadKept(blobs: readonly KeptBlob[], access: StorageAccess): Promise<void> {
  for (const name of KEPT_CONTAINERS) {
    const container = await openContainer(access, name);
    for (const blob of blobs.filter((other) => other.container === name)) {
      const { text, metadata, contentType: blobContentType } = blob;
      const options = { metadata, blobHTTPHeaders: { blobContentType } };
      const length = Buffer.byteLength(text);
      if (blob.type === 'AppendBlob') {
        const client = container.getAppendBlobClient(blob.name);
        await client.create(options);
        for (const line of text.split(/(?<=\n)/)) await client.appendBlock(line, Buffer.byteLength(line));
      } else {
        await container.getBlockBlobClient(blob.name).upload(text, length, options);
      }
    }
  }
}
