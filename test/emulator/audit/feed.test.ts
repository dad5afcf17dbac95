// The file and the sink: what arrives, when, and again when it was not accepted.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { type AuditFeed, createAuditFeed, type FeedOptions } from '../../../src/emulator/audit/feed.ts';
import { UndeliveredError } from '../../../src/emulator/audit/sink.ts';
import { exchangeOf, SOURCE, STARTED_AT } from './exchanges.ts';

const Batch = z.array(z.object({ correlationId: z.string(), category: z.literal('AuditEvent') }));
const MINUTE_MS = 60_000;

let folder: string;
let now: number;
let feed: AuditFeed | undefined;
let sink: Server;
let answers: number[];
let batches: string[][];
let faults: unknown[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'emulator-audit-'));
  now = STARTED_AT;
  [answers, batches, faults] = [[], [], []];
  sink = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const status = answers.shift() ?? 200;
    if (status < 300)
      batches.push(Batch.parse(JSON.parse(Buffer.concat(parts).toString())).map((one) => one.correlationId));
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await feed?.close();
  feed = undefined;
  sink.closeAllConnections();
  await new Promise((resolve) => sink.close(resolve));
  rmSync(folder, { recursive: true });
});

function open(options: Partial<FeedOptions>): AuditFeed {
  feed = createAuditFeed({
    ...SOURCE,
    now: () => now,
    reportFault: (error) => faults.push(error),
    ...options,
  });
  return feed;
}

function sinkUrl(): string {
  const address = sink.address();
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/events` : '';
}

describe('the file', () => {
  test('has the record as soon as it was observed, one line for each, and keeps what was there', () => {
    const logFile = join(folder, 'audit.jsonl');
    const first = createAuditFeed({ ...SOURCE, now: () => now, reportFault: () => {}, logFile });
    first.observe(exchangeOf({ requestId: 'a' }));
    void first.close();

    open({ logFile }).observe(exchangeOf({ requestId: 'b' }));

    const lines = readFileSync(logFile, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).correlationId);
    expect(lines).toEqual(['a', 'b']);
  });

  test('cannot be opened: says so at once', () => {
    expect(() => open({ logFile: join(folder, 'no', 'such', 'folder') })).toThrow('ENOENT');
  });
});

describe('the sink', () => {
  test('gets an array of records, in order', async () => {
    const audit = open({ sinkUrl: sinkUrl() });
    for (const requestId of ['a', 'b', 'c']) audit.observe(exchangeOf({ requestId }));

    await vi.waitFor(() => expect(batches.flat()).toEqual(['a', 'b', 'c']));
  });

  test('gets more than one batch can hold, each record once', async () => {
    const audit = open({ sinkUrl: sinkUrl() });
    const ids = Array.from({ length: 250 }, (_, index) => `r${index}`);
    for (const requestId of ids) audit.observe(exchangeOf({ requestId }));

    await vi.waitFor(() => expect(batches.flat()).toEqual(ids));
    expect(Math.max(...batches.map((batch) => batch.length))).toBe(100);
  });

  test('is reported again until it accepts, and only then the next batch', async () => {
    answers = [500, 503];
    const audit = open({ sinkUrl: sinkUrl() });
    audit.observe(exchangeOf({ requestId: 'a' }));

    await vi.waitFor(() => expect(batches).toEqual([['a']]), { timeout: 5000 });
    expect(faults).toEqual([
      new UndeliveredError(`audit records wait, ${sinkUrl()} does not take them: it answered 500`),
    ]);
    audit.observe(exchangeOf({ requestId: 'b' }));
    await vi.waitFor(() => expect(batches).toEqual([['a'], ['b']]));
  });

  test('that nobody listens on is reported, and stops nothing', async () => {
    const audit = open({ sinkUrl: 'http://127.0.0.1:9/', logFile: join(folder, 'audit.jsonl') });
    audit.observe(exchangeOf());

    await vi.waitFor(() => expect(faults).toHaveLength(1));
    expect(readFileSync(join(folder, 'audit.jsonl'), 'utf8')).toContain('KeyBackup');
  });

  test.each([
    ['one millisecond before the delay is over', 10 * MINUTE_MS - 1, []],
    ['when the delay is over', 10 * MINUTE_MS, ['a']],
  ])('%s', async (_, passed, expected) => {
    const audit = open({ sinkUrl: sinkUrl(), sinkDelayMs: 10 * MINUTE_MS });
    audit.observe(exchangeOf({ requestId: 'a' }));

    now += passed;
    audit.clockMoved();
    await audit.close(); // delivers whatever is due
    feed = undefined;

    expect(batches.flat()).toEqual(expected);
  });

  test('gets each record its own delay after it was made', async () => {
    const audit = open({ sinkUrl: sinkUrl(), sinkDelayMs: 5 * MINUTE_MS });
    audit.observe(exchangeOf({ requestId: 'early' }));
    now += 3 * MINUTE_MS;
    audit.observe(exchangeOf({ requestId: 'late' }));

    now += 2 * MINUTE_MS;
    audit.clockMoved();
    await vi.waitFor(() => expect(batches).toEqual([['early']]));
    now += 3 * MINUTE_MS;
    audit.clockMoved();
    await vi.waitFor(() => expect(batches).toEqual([['early'], ['late']]));
  });

  test('is asked before a record is due, and gets it when it is', async () => {
    let now = 0;
    const audit = createAuditFeed({
      ...SOURCE,
      now: () => now,
      reportFault: () => {},
      sinkUrl: sinkUrl(),
      sinkDelayMs: 60_000,
    });
    audit.observe(exchangeOf({ requestId: 'a' }));
    audit.clockMoved();
    now = 60_000;
    audit.clockMoved();
    await vi.waitFor(() => expect(batches).toEqual([['a']]));
    await audit.close();
  });

  test('a short delay passes unnoticed', async () => {
    const audit = createAuditFeed({
      ...SOURCE,
      now: Date.now,
      reportFault: () => {},
      sinkUrl: sinkUrl(),
      sinkDelayMs: 20,
    });
    audit.observe(exchangeOf({ requestId: 'a' }));
    await vi.waitFor(() => expect(batches).toEqual([['a']]));
    await audit.close();
  });
});
