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

/**
 * The texts an output binding carries: none for an absent value, one for a single value, one for each item of a list
 * (a JSON array becomes one message per item on the official host too).
 */
export function toTexts(data: RpcTypedData | null | undefined): readonly string[] {
  if (!data) return [];
  if (typeof data.string === 'string') return [data.string];
  if (data.bytes) return [Buffer.from(data.bytes).toString('utf8')];
  if (typeof data.int === 'number') return [String(data.int)];
  if (typeof data.double === 'number') return [String(data.double)];
  if (typeof data.json !== 'string') return [];
  const value: unknown = JSON.parse(data.json);
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
}

/** The bytes of a response body; empty for an absent value. */
export function toBytes(data: RpcTypedData | null | undefined): Uint8Array {
  if (data?.bytes) return data.bytes;
  const text = data?.string ?? data?.json ?? data?.int ?? data?.double;
  return text === undefined || text === null ? new Uint8Array() : Buffer.from(String(text), 'utf8');
}
