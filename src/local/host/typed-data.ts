/** Turns plain values into the runtime's typed values and back. */
import type { RpcTypedData } from './rpc-types.ts';

/**
 * Wraps a value the way the official host does: text, bytes and whole numbers as themselves, lists of texts as a
 * collection, everything else as JSON (`GrpcMessageConversionExtensions.ToRpc`, github.com/Azure/azure-functions-host).
 */
export function toTypedData(value: unknown): RpcTypedData {
  if (value === undefined || value === null) return {};
  if (typeof value === 'string') return { string: value };
  if (value instanceof Uint8Array) return { bytes: value };
  if (Array.isArray(value) && value.length > 0) {
    if (value.every((item) => typeof item === 'string')) return { collectionString: { string: value } };
    if (value.every((item) => item instanceof Uint8Array)) return { collectionBytes: { bytes: value } };
  }
  return { json: JSON.stringify(value) };
}

/** The bytes of a response body; empty for an absent value. */
export function toBytes(data: RpcTypedData | null | undefined): Uint8Array {
  if (data?.bytes) return data.bytes;
  const text = data?.string ?? data?.json ?? data?.int ?? data?.double;
  return text === undefined || text === null ? new Uint8Array() : Buffer.from(String(text), 'utf8');
}
