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
    // It removes a byte order mark on its own.
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

/** What is being read line by line, and what of it was read beyond the last line: the next question is answered by that. */
const OPEN = new WeakMap<
  AsyncIterable<unknown>,
  { readonly iterator: AsyncIterator<unknown>; rest: Buffer }
>();

/** The next line of what `input` gives, undecoded; all of it when it has no line end. Undefined when it gives nothing more. */
export async function readLineBytes(
  input: AsyncIterable<unknown>,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const open = OPEN.get(input) ?? { iterator: input[Symbol.asyncIterator](), rest: Buffer.alloc(0) };
  OPEN.set(input, open);
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(signal.reason);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    while (!open.rest.includes('\n')) {
      signal.throwIfAborted();
      const next = await Promise.race([open.iterator.next(), ended]);
      if (next.done === true) break;
      const piece = Buffer.isBuffer(next.value) ? next.value : Buffer.from(String(next.value));
      open.rest = Buffer.concat([open.rest, piece]);
    }
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
  const all = open.rest;
  if (all.length === 0) return undefined;
  const end = all.indexOf('\n');
  open.rest = end === -1 ? Buffer.alloc(0) : all.subarray(end + 1);
  return end === -1 ? all : all.subarray(0, end);
}
