/** How far long work has come: one line that is written over, for people; a line of JSON each time, for programs that ask. */
import type { CommandContext } from './context.ts';

/** Says how far long work has come. */
export interface Progress {
  update(done: number, total: number | undefined, note?: string): void;
  close(): void;
}

/** Redrawing more often than this is not seen; programs need less. Milliseconds. */
const REDRAW_MS = 100;
const REPORT_MS = 2_000;

const SILENT: Progress = { update: () => undefined, close: () => undefined };

/** Progress on standard error; silent when that is no terminal, unless lines of JSON are wanted. */
export function startProgress(
  { stderr, clock, quiet }: Pick<CommandContext, 'stderr' | 'clock' | 'quiet'>,
  what: string,
  asJson = false,
): Progress {
  if (quiet || (stderr.isTTY !== true && !asJson)) return SILENT;
  const startedAt = clock.now();
  const every = asJson ? REPORT_MS : REDRAW_MS;
  let saidAt = Number.NEGATIVE_INFINITY;
  return {
    update(done, total, note = '') {
      const now = clock.now();
      if (now - saidAt < every && done !== total) return;
      saidAt = now;
      // The time that is left, by the pace so far.
      const leftMs =
        total === undefined || done === 0 ? undefined : ((now - startedAt) / done) * (total - done);
      const leftSeconds = leftMs === undefined ? undefined : Math.ceil(leftMs / 1000);
      if (asJson) {
        stderr.write(`${JSON.stringify({ progress: { what, done, total, leftSeconds, note } })}\n`);
        return;
      }
      const of = total === undefined ? '' : ` of ${total}`;
      const left = leftSeconds === undefined || leftSeconds === 0 ? '' : `, ${leftSeconds} s left`;
      stderr.write(`\r\u001b[K${what}: ${done}${of}${note === '' ? '' : `, ${note}`}${left}`);
    },
    close() {
      if (!asJson) stderr.write('\r\u001b[K');
    },
  };
}
