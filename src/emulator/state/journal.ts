// The journal: every change as one line, on the disk before its answer leaves.
import { type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';
import { Change } from './model.ts';

/** The changes of one request: all or nothing. */
const Entry = z.array(Change);

export type Journal = {
  /** Resolves when the changes are on the disk. Requests that come together share one flush. */
  append(changes: readonly Change[]): Promise<void>;
  close(): Promise<void>;
};

/** What a journal file held: its entries, and how many bytes of it are whole lines. */
export type JournalContent = { readonly entries: readonly Change[][]; readonly validBytes: number };

type Waiting = { line: string; resolve: () => void; reject: (error: unknown) => void };

/** Opens a journal for appending after its first `validBytes` bytes; what is behind them is cut off. */
export async function openJournal(file: string, validBytes: number): Promise<Journal> {
  const handle = await open(file, 'a', 0o600);
  await handle.truncate(validBytes);
  await handle.sync();
  return journalOn(handle);
}

function journalOn(handle: FileHandle): Journal {
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await handle.appendFile(group.map(({ line }) => line).join(''));
        await handle.datasync();
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    flushing = undefined;
  }

  return {
    append(changes) {
      return new Promise((resolve, reject) => {
        waiting.push({ line: `${JSON.stringify(changes)}\n`, resolve, reject });
        flushing ??= flush();
      });
    },
    async close() {
      await flushing;
      await handle.close();
    },
  };
}

/**
 * Reads a journal. A last line without its newline was never acknowledged (the process died while it was written)
 * and is dropped. Anything else that cannot be read throws: it would be a loss.
 */
export function readJournal(content: Buffer): JournalContent {
  const validBytes = content.lastIndexOf(0x0a) + 1;
  const lines = content.subarray(0, validBytes).toString().split('\n').slice(0, -1);
  return { entries: lines.map((line) => Entry.parse(JSON.parse(line))), validBytes };
}
