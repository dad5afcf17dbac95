/** Keeps, for each timer, when it last ran and when it should run next, across restarts. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { HostError } from '../host-error.ts';

/** A timer's record; epoch milliseconds. `last` is absent until it has run under its present schedule. */
export interface ScheduleStatus {
  readonly last?: number | undefined;
  readonly next: number;
  readonly lastUpdated: number;
}

/** Where records live. */
export interface ScheduleStore {
  /** The record of a timer, or undefined when there is none. Fails with `schedule-status-unreadable`. */
  read(timer: string): Promise<ScheduleStatus | undefined>;
  write(timer: string, status: ScheduleStatus): Promise<void>;
}

const Status = z.object({ last: z.number().optional(), next: z.number(), lastUpdated: z.number() });

/** Records as one small JSON file each, in `directory`, replaced whole. */
export function createFileScheduleStore(directory: string): ScheduleStore {
  const fileOf = (timer: string) => join(directory, `${encodeURIComponent(timer)}.json`);
  return {
    async read(timer) {
      const text = await readFile(fileOf(timer), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      if (text === undefined) return undefined;
      try {
        return Status.parse(JSON.parse(text));
      } catch (cause) {
        throw new HostError(
          'schedule-status-unreadable',
          `${fileOf(timer)} is not a timer's record; delete it to begin with an empty one`,
          { cause },
        );
      }
    },
    async write(timer, status) {
      await mkdir(directory, { recursive: true });
      const temporary = `${fileOf(timer)}.${process.pid}.tmp`;
      await writeFile(temporary, JSON.stringify(status));
      await rename(temporary, fileOf(timer));
    },
  };
}

/** Records that live as long as the process. */
export function createMemoryScheduleStore(): ScheduleStore {
  const records = new Map<string, ScheduleStatus>();
  return {
    read: async (timer) => records.get(timer),
    write: async (timer, status) => {
      records.set(timer, status);
    },
  };
}
