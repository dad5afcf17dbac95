/** Notices a full disk before its storage account answers 500 to everything. */
import { statfs } from 'node:fs/promises';

/** A start with less than this cannot end well; Azurite and the emulators keep their state on disk. */
const NEEDED_BYTES = 16 * 1024 * 1024;
/** With less than this the next writes fail. */
const LAST_BYTES = 2 * 1024 * 1024;
const CHECK_EVERY_MS = 500;

/** Fails with the code ENOSPC when the disk of `folder` has too little space for a start. */
export async function needSpace(folder: string): Promise<void> {
  if ((await freeBytes(folder)) < NEEDED_BYTES) throw diskFull(folder);
}

/** Calls `onFull` once with an error of the code ENOSPC when the disk of `folder` is about to be full. */
export function watchSpace(folder: string, onFull: (error: Error) => void): { stop(): void } {
  const timer = setInterval(() => {
    freeBytes(folder).then(
      (free) => {
        if (free >= LAST_BYTES) return;
        clearInterval(timer);
        onFull(diskFull(folder));
      },
      // A folder that cannot be asked says nothing of its disk.
      () => undefined,
    );
  }, CHECK_EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function diskFull(path: string): Error {
  return Object.assign(new Error('there is no space left on the device'), { code: 'ENOSPC', path });
}
