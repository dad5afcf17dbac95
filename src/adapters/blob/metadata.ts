/** A backup's record as metadata of its blob, both ways. Described in docs/backup-format.md. */
import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import { WardenError } from '../../core/errors.ts';
import { BackupRecord } from '../../core/model/backup-record.ts';
import { Seal } from '../../core/seal/seal.ts';

/** A version takes 16 bytes for its id and 32 for the SHA-256 thumbprint; zeros say that it has none. */
const ID_BYTES = 16;
const ENTRY_BYTES = 48;

/** Names are lower-case C# identifiers, values ASCII, together at most 8 KiB. https://learn.microsoft.com/rest/api/storageservices/setting-and-retrieving-properties-and-metadata-for-blob-resources */
const Metadata = z.object({
  format: z.coerce.number(),
  hsm: z.string(),
  key: z.string(),
  keyid: z.string(),
  createdat: z.iso.datetime(),
  updatedat: z.iso.datetime(),
  capturedat: z.iso.datetime(),
  sha256: z.string(),
  bytes: z.coerce.number(),
  runid: z.string(),
  versions: z.base64url(),
  seal: z.string().optional(),
});

/** The metadata of `record`. Fails with `storage-refused` when a thumbprint is not one of SHA-256. */
export function toMetadata(record: BackupRecord): Record<string, string> {
  return {
    format: String(record.format),
    hsm: record.hsm,
    key: record.key,
    keyid: record.keyId,
    createdat: new Date(record.createdAt).toISOString(),
    updatedat: new Date(record.updatedAt).toISOString(),
    capturedat: new Date(record.capturedAt).toISOString(),
    sha256: record.sha256,
    bytes: String(record.bytes),
    runid: record.runId,
    versions: packVersions(record),
    ...(record.seal !== undefined && { seal: JSON.stringify(record.seal) }),
  };
}

/** The record in `metadata`, or what is wrong with it. */
export function fromMetadata(
  metadata: Readonly<Record<string, string>>,
): { readonly record: BackupRecord } | { readonly problem: string } {
  const found = Metadata.safeParse(metadata);
  if (!found.success) return { problem: problemOf(found.error) };
  const { keyid, createdat, updatedat, capturedat, runid, versions, seal, ...same } = found.data;
  const record = BackupRecord.safeParse({
    ...same,
    keyId: keyid,
    createdAt: Date.parse(createdat),
    updatedAt: Date.parse(updatedat),
    capturedAt: Date.parse(capturedat),
    runId: runid,
    versions: unpackVersions(versions),
    ...definedOnly({ seal: readSeal(seal) }),
  });
  return record.success ? { record: record.data } : { problem: problemOf(record.error) };
}

/** What cannot be read is no seal: the backup is then shown as one without. */
function readSeal(text: string | undefined): Seal | undefined {
  if (text === undefined) return undefined;
  try {
    return Seal.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function packVersions(record: BackupRecord): string {
  const packed = Buffer.alloc(record.versions.length * ENTRY_BYTES);
  for (const [index, { version, thumbprint }] of record.versions.entries()) {
    packed.write(version, index * ENTRY_BYTES, 'hex');
    if (thumbprint === undefined) continue;
    const bytes = Buffer.from(thumbprint, 'base64url');
    if (bytes.length !== ENTRY_BYTES - ID_BYTES || bytes.toString('base64url') !== thumbprint) {
      throw new WardenError('storage-refused', {
        message: `The thumbprint of version ${version} of key ${record.key} is not a SHA-256 in base64url.`,
        hsm: record.hsm,
        key: record.key,
      });
    }
    bytes.copy(packed, index * ENTRY_BYTES + ID_BYTES);
  }
  return packed.toString('base64url');
}

/** Undefined, which no record may have, when the text is not a whole number of entries. */
function unpackVersions(text: string): BackupRecord['versions'] | undefined {
  const packed = Buffer.from(text, 'base64url');
  if (packed.length % ENTRY_BYTES !== 0) return undefined;
  return Array.from({ length: packed.length / ENTRY_BYTES }, (_, index) => {
    const entry = packed.subarray(index * ENTRY_BYTES, (index + 1) * ENTRY_BYTES);
    const version = entry.toString('hex', 0, ID_BYTES);
    const thumbprint = entry.subarray(ID_BYTES);
    return thumbprint.every((byte) => byte === 0)
      ? { version }
      : { version, thumbprint: thumbprint.toString('base64url') };
  });
}

function problemOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}
