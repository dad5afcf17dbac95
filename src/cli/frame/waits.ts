/** Says on standard error what a command waits for, as soon as that takes longer than a person expects. */
import { onWaits } from '../../adapters/http/waits.ts';
import type { CliContext } from './context.ts';

/** A wait that lasts longer than this is spoken of. */
const SAY_AFTER_MS = 3_000;
/** How often the line is written again: in place on a terminal, else one line each time. */
const REDRAW_MS = 1_000;
const REPEAT_MS = 10_000;

/** Watches this process's waits until the function it returns is called. */
export function showWaits({ stderr, clock }: Pick<CliContext, 'stderr' | 'clock'>): () => void {
  const asking = new Map<number, { readonly of: string; readonly since: number }>();
  /** The last try that failed, of whom, and when the next one begins. */
  let pause: { readonly of: string; readonly why: string; readonly until: number } | undefined;
  let trouble: { readonly of: string; readonly since: number } | undefined;
  let drawn = false;
  const stop = onWaits((notice) => {
    if (notice.kind === 'asking') {
      asking.set(notice.id, { of: notice.of, since: clock.now() });
    } else if (notice.kind === 'over') {
      asking.delete(notice.id);
    } else {
      const now = clock.now();
      trouble = trouble?.of === notice.of ? trouble : { of: notice.of, since: now };
      pause = { of: notice.of, why: notice.why, until: now + notice.nextTryInMs };
    }
  });
  const say = () => {
    const line = lineOf();
    if (line === undefined) return;
    if (stderr.isTTY !== true) {
      stderr.write(`${line}\n`);
      return;
    }
    stderr.write(`\r\u001b[K${line}`);
    drawn = true;
  };
  const lineOf = (): string | undefined => {
    const now = clock.now();
    if (pause !== undefined && pause.until > now) {
      const { of, why, until } = pause;
      const since = trouble?.of === of ? trouble.since : now;
      return `asking ${of}… ${seconds(now - since)} (${why}, next try in ${seconds(until - now)})`;
    }
    const [oldest] = [...asking.values()].sort((a, b) => a.since - b.since);
    if (oldest === undefined || now - oldest.since < SAY_AFTER_MS) return undefined;
    return `asking ${oldest.of}… ${seconds(now - oldest.since)}`;
  };
  const timer = setInterval(say, stderr.isTTY === true ? REDRAW_MS : REPEAT_MS);
  return () => {
    clearInterval(timer);
    stop();
    if (drawn) stderr.write('\r\u001b[K');
  };
}

function seconds(ms: number): string {
  return `${Math.max(0, Math.round(ms / 1000))} s`;
}
