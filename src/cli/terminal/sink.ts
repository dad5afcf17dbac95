/** A stream of this process as a place for text: whatever happens to its reader, the command goes on and ends as it would have. */
import type { TextSink } from '../frame/context.ts';

/** The part of a stream that is used. */
type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write' | 'on'>;

/** A sink with an end. */
export interface StreamSink extends TextSink {
  /** Whether nobody reads any more. */
  readonly closed: boolean;
  /** Why text was lost, though somebody wanted it: a full disk. */
  readonly lost: string | undefined;
  /** Resolves when everything has been written, or cannot be. */
  flushed(): Promise<void>;
}

/** Opens `stream`. After its first error nothing more is written. */
export function openSink(stream: Stream): StreamSink {
  let failure: NodeJS.ErrnoException | undefined;
  const pending = new Set<Promise<void>>();
  stream.on('error', (error: NodeJS.ErrnoException) => {
    failure ??= error;
  });
  return {
    write(text) {
      if (failure !== undefined || text === '') return;
      const written = new Promise<void>((resolve) => {
        stream.write(text, (error) => {
          failure ??= error ?? undefined;
          resolve();
        });
      }).finally(() => pending.delete(written));
      pending.add(written);
    },
    async flushed() {
      await Promise.all(pending);
    },
    get closed() {
      return failure !== undefined;
    },
    get lost() {
      return failure === undefined || failure.code === 'EPIPE' ? undefined : failure.message;
    },
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns;
    },
  };
}
