// Delivers audit records to an HTTP sink, late as the real log is, and again until they are accepted.
import type { AuditRecord } from './record.ts';

type Waiting = { dueAt: number; record: AuditRecord };

/** Where to and how. `now` is the emulator's clock: moving it forward makes waiting records due. */
export type SinkOptions = {
  readonly url: string;
  /** 0 to 600,000: the real log is up to ten minutes late (Microsoft Learn, "Managed HSM logging"). */
  readonly delayMs: number;
  now(): number;
  /** Posts a batch; resolves to the HTTP status, rejects when there was no answer. */
  post(url: string, batch: readonly AuditRecord[]): Promise<number>;
  /** Called with the first failed delivery of a row; the others say nothing new. */
  reportFault(error: unknown): void;
};

const MAX_BATCH = 100;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5_000;

/** A sink that takes no records now. They wait, and are delivered when it does. */
export class UndeliveredError extends Error {
  override readonly name = 'UndeliveredError';
}

/** A queue in front of a sink. */
export type AuditSink = {
  add(record: AuditRecord): void;
  /** Delivers what is due now; to be called when the clock was moved. */
  poke(): void;
  /** How many records have not been accepted yet. */
  readonly waiting: number;
  /** Tries once more to deliver what is due, then stops; the rest is lost. */
  close(): Promise<void>;
};

/** Makes a sink. Batches are JSON arrays of records, in order; a batch is repeated until a 2xx answers it. */
export function createAuditSink(options: SinkOptions): AuditSink {
  const queue: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;
  let draining: Promise<void> | undefined;
  let retryMs = FIRST_RETRY_MS;
  let closed = false;
  let isReported = false;

  const isDue = () => (queue[0]?.dueAt ?? Number.POSITIVE_INFINITY) <= options.now();

  /** Posts one batch of due records; true when it was accepted. */
  async function deliver(): Promise<boolean> {
    const now = options.now();
    const batch = queue.slice(0, MAX_BATCH).filter(({ dueAt }) => dueAt <= now);
    try {
      const records = batch.map(({ record }) => record);
      const status = await options.post(options.url, records);
      if (status < 200 || status > 299) throw new Error(`it answered ${status}`);
    } catch (cause) {
      if (!isReported) options.reportFault(undelivered(options.url, cause));
      isReported = true;
      return false;
    }
    isReported = false;
    queue.splice(0, batch.length);
    return true;
  }

  async function drain(): Promise<void> {
    let accepted = true;
    while (accepted && isDue()) accepted = await deliver();
    // From here to the end nothing waits, so no record can come in unseen.
    draining = undefined;
    const wait = accepted ? (queue[0]?.dueAt ?? 0) - options.now() : retryMs;
    retryMs = accepted ? FIRST_RETRY_MS : Math.min(retryMs * 2, LAST_RETRY_MS);
    if (queue.length > 0) plan(wait);
  }

  function plan(ms: number): void {
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(start, Math.max(0, ms));
  }

  function start(): void {
    clearTimeout(timer);
    timer = undefined;
    if (draining !== undefined) return;
    // A timer may be early, and so may whoever moved the clock. Nothing is due then, and drain would end before it is noted.
    if (isDue()) draining = drain();
    else if (queue[0] !== undefined) plan(queue[0].dueAt - options.now());
  }

  return {
    add(record) {
      queue.push({ dueAt: options.now() + options.delayMs, record });
      if (timer === undefined && draining === undefined) plan(options.delayMs);
    },
    poke: start,
    get waiting() {
      return queue.length;
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await draining;
      if (isDue()) await deliver();
    },
  };
}

function undelivered(url: string, cause: unknown): UndeliveredError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new UndeliveredError(`audit records wait, ${url} does not take them: ${why}`, { cause });
}
