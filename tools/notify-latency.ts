/**
 * `node tools/notify-latency.ts [EVENTS]`: how long it takes from an event to its message being accepted, with both apps as
 * `npm start` runs them, over Azurite and TLS. Exits with 1 when the 95th percentile is over 3 s.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../src/adapters/system/system-clock.ts';
import { EventBus } from '../src/core/events/bus.ts';
import { NotifySink } from '../src/features/notify/sink.ts';
import { FourEyes } from '../test/support/four-eyes.ts';
import { RecordingLogger } from '../test/support/memory/recording-logger.ts';
import { aRequestEvent } from '../test/support/notify-samples.ts';

const MOST_MS = 3_000;
/** Slack takes a message a second: with less time between events its pause would be measured. */
const BETWEEN_MS = 1_100;
const PATIENCE_MS = 60_000;
/** One of each kind. */
const CHANNELS = 6;

const [events = '60'] = process.argv.slice(2);
const count = Number(events);
const sentAt = new Map<string, number>();
/** Milliseconds, by channel. */
const waits = new Map<string, number[]>();
const world = await FourEyes.start(
  2,
  {},
  {
    onMessage: ({ channel, title, lines }) => {
      const text = [title, ...lines.map((line) => line.text)].join('\n');
      const id = /\b0{22}\d{4}\b/.exec(text)?.[0] ?? '';
      const at = sentAt.get(id);
      if (at !== undefined) waits.set(channel, [...(waits.get(channel) ?? []), performance.now() - at]);
    },
  },
);
try {
  const bus = new EventBus([new NotifySink(world.local.queue)], systemClock);
  for (let n = 0; n < count; n += 1) {
    const recoveryId = `${'0'.repeat(22)}${String(n).padStart(4, '0')}`;
    const event = aRequestEvent('requested', {
      recoveryId,
      key: `key-${n}`,
      id: `latency/${n}`,
      at: Date.now(),
    });
    sentAt.set(recoveryId, performance.now());
    await bus.send([event], { logger: new RecordingLogger() });
    await delay(BETWEEN_MS);
  }
  const isDone = () => waits.size === CHANNELS && [...waits.values()].every((all) => all.length >= count);
  const until = performance.now() + PATIENCE_MS;
  while (!isDone() && performance.now() < until) await delay(100);
  const result = Object.fromEntries(
    [...waits].map(([channel, all]) => [
      channel,
      {
        messages: all.length,
        p50: percentile(all, 0.5),
        p95: percentile(all, 0.95),
        most: percentile(all, 1),
      },
    ]),
  );
  process.stdout.write(`${JSON.stringify({ events: count, milliseconds: result }, undefined, 2)}\n`);
  const all = Object.values(result);
  process.exitCode = isDone() && all.every(({ p95 }) => p95 <= MOST_MS) ? 0 : 1;
} finally {
  await world.close();
}

/** The smallest value that at least the `share` of `values` does not exceed, whole milliseconds. */
function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0);
}
