// The audit log of a running emulator: a JSONL file, an HTTP sink, both or neither.
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Exchange } from '../wire/exchange.ts';
import { type AuditSource, auditRecord } from './record.ts';
import { type AuditSink, createAuditSink, type SinkOptions } from './sink.ts';

/** Where the log goes. */
export type FeedOptions = AuditSource & {
  /** Gets every record immediately, before the caller has the answer. */
  readonly logFile?: string | undefined;
  /** Gets the records in batches, `sinkDelayMs` late by the emulator's clock (0 to 600,000). */
  readonly sinkUrl?: string | undefined;
  readonly sinkDelayMs?: number | undefined;
} & Pick<SinkOptions, 'now' | 'reportFault'>;

export type AuditFeed = {
  /** Takes down one exchange. */
  observe(exchange: Exchange): void;
  /** Says that the emulator's clock was moved. */
  clockMoved(): void;
  close(): Promise<void>;
};

const POST_TIMEOUT_MS = 10_000;

/** Opens the log. Throws when the file cannot be opened. */
export function createAuditFeed(options: FeedOptions): AuditFeed {
  const file = options.logFile === undefined ? undefined : openSync(options.logFile, 'a', 0o600);
  const sink = options.sinkUrl === undefined ? undefined : sinkOf(options.sinkUrl, options);
  return {
    observe(exchange) {
      if (file === undefined && sink === undefined) return;
      const record = auditRecord(exchange, options);
      if (record === undefined) return;
      // Written before the answer is sent: a killed emulator has logged whatever it answered.
      if (file !== undefined) writeSync(file, `${JSON.stringify(record)}\n`);
      sink?.add(record);
    },
    clockMoved: () => sink?.poke(),
    async close() {
      await sink?.close();
      if (file !== undefined) closeSync(file);
    },
  };
}

function sinkOf(url: string, { sinkDelayMs = 0, now, reportFault }: FeedOptions): AuditSink {
  return createAuditSink({ url, delayMs: sinkDelayMs, now, reportFault, post: postJson });
}

async function postJson(url: string, batch: readonly unknown[]): Promise<number> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(batch),
    signal: AbortSignal.timeout(POST_TIMEOUT_MS),
  });
  await answer.arrayBuffer();
  return answer.status;
}
