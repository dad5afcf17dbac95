/** Measures what a sweep keeps in memory of keys that it does not have to back up. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type Figure, plain } from './figure.ts';

const Report = z.object({ keys: z.literal(5000), heapMb: z.number() });

/** 5000 keys with one version each, with ten, and with a hundred, the most that a key can have. */
export async function known(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const versions of [1, 10, 100]) {
    const args = ['--expose-gc', 'bench/known-worker.ts', String(versions)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const { heapMb } = Report.parse(JSON.parse(stdout));
    figures.push(plain(`heap for what is known of 5000 keys, versions each: ${versions}`, heapMb, 'MB'));
  }
  return figures;
}
