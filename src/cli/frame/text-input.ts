/** Text from files and pipes: without byte-order mark, whole characters, and only in an encoding that is understood. */
import { UsageError } from './failures.ts';

/** The marks of UTF-16 that PowerShell 5 and Notepad write. */
const UTF16_MARKS = [
  [0xff, 0xfe],
  [0xfe, 0xff],
] as const;

/**
 * The text in `bytes`, without a byte-order mark. `source` is named when it is no UTF-8. Fails with UsageError, which never
 * holds a part of it.
 */
export function decodeText(bytes: Uint8Array, source: string): string {
  requireNoUtf16(bytes, source);
  try {
    // It takes a mark of UTF-8 away by itself.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`${source} is not written in UTF-8.`, 'Save it as UTF-8.');
  }
}

/** Fails with UsageError when `bytes` begin as UTF-16 does. */
export function requireNoUtf16(bytes: Uint8Array, source: string): void {
  if (!UTF16_MARKS.some((mark) => mark.every((byte, index) => bytes[index] === byte))) return;
  throw new UsageError(
    `${source} is written in UTF-16, not in UTF-8.`,
    'Save it as UTF-8; PowerShell 5 does so with Set-Content -Encoding utf8.',
  );
}

/** The first line of what `input` gives, undecoded; all of it when it has no line end. Undefined when it gives nothing. */
export async function readLineBytes(
  input: AsyncIterable<unknown>,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(signal.reason);
  signal.addEventListener('abort', giveUp, { once: true });
  const iterator = input[Symbol.asyncIterator]();
  try {
    while (!pieces.some((piece) => piece.includes('\n'))) {
      signal.throwIfAborted();
      const next = await Promise.race([iterator.next(), ended]);
      if (next.done === true) break;
      pieces.push(Buffer.isBuffer(next.value) ? next.value : Buffer.from(String(next.value)));
    }
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
  if (pieces.length === 0) return undefined;
  const all = Buffer.concat(pieces);
  const end = all.indexOf('\n');
  return end === -1 ? all : all.subarray(0, end);
}
