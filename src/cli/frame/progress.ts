/** One line of progress that is written over, for people; nothing when nobody looks. */
import type { CommandContext } from './context.ts';

/** Says how far long work has come. */
export interface Progress {
  update(done: number, total: number | undefined, note?: string): void;
  close(): void;
}

/** Redrawing more often than this is not seen. */
const REDRAW_MS = 100;

/** Progress on standard error; silent when that is no terminal. */
export function startProgress(
  { stderr, clock, quiet }: Pick<CommandContext, 'stderr' | 'clock' | 'quiet'>,
  what: string,
): Progress {
  if (quiet || stderr.isTTY !== true) return { update: () => undefined, close: () => undefined };
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    update(done, total, note = '') {
      const now = clock.now();
      if (now - drawnAt < REDRAW_MS && done !== total) return;
      drawnAt = now;
      const of = total === undefined ? '' : ` of ${total}`;
      stderr.write(`\r\u001b[K${what}: ${done}${of}${note === '' ? '' : `, ${note}`}`);
    },
    close() {
      stderr.write('\r\u001b[K');
    },
  };
}
