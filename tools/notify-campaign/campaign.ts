/** A campaign: many events through the real app, over Azurite and TLS, whose process is killed hard again and again. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { EventBus } from '../../src/core/events/bus.ts';
import type { CloudEvent } from '../../src/core/events/cloud-event.ts';
import { seededUniform } from '../../src/emulator/latency/sampler.ts';
import { NOTIFICATIONS } from '../../src/features/notify/model/queues.ts';
import { readChannelState } from '../../src/features/notify/model/read-channel.ts';
import { NotifySink } from '../../src/features/notify/sink.ts';
import { LocalWorld } from '../../test/support/local-world.ts';
import { RecordingLogger } from '../../test/support/memory/recording-logger.ts';
import type { TextChange } from '../chaos/changes/text-change.ts';
import { eventAt } from './events.ts';
import { gather, leftIn, waitingIn } from './gather.ts';
import { CHANNELS, Services } from './services.ts';
import { judge, type Verdict } from './verdict.ts';
import { bundleWorker, Worker } from './worker.ts';

/** What is tried. */
export interface CampaignPlan {
  readonly events: number;
  readonly kills: number;
  /** Share of requests that fail. */
  readonly faults: number;
  readonly seed: number;
  /** What is wrong with the product on purpose. */
  readonly planted?: readonly TextChange[];
  readonly say: (line: string) => void;
}

/** Events that are handed over together. */
const BATCH = 20;
/** Clock between two batches, at most; milliseconds. */
const LONGEST_STEP_MS = 30_000;
/** A kill waits so long for its moment. */
const MOMENT_MS = 3_000;
/** Messages that wait, on all channels and in the queue, beyond which the campaign waits for the app. */
const MOST_WAITING = 120;
/** Real time between two looks at what waits, and how far the clock is moved then. */
const WAIT_MS = 1_000;
const WAIT_STEP_MS = 4_000;
/** Steps of the clock at the end, by when everything must have been sent. */
const LAST_STEPS = 300;
const STEP_MS = 120_000;
/** Half seconds that a step waits until nothing is left. */
const MOST_WAITS = 8;
/** Nothing may be left in so many steps, one after the other. */
const QUIET_STEPS = 4;

/** What a running campaign has. */
interface Parts {
  readonly plan: CampaignPlan;
  readonly local: LocalWorld;
  readonly services: Services;
  readonly worker: Worker;
  readonly random: () => number;
  /** By channel and id: how often the process died between an answer and its note. */
  readonly unrecorded: Map<string, number>;
}

/** Runs it. */
export async function runCampaign(plan: CampaignPlan): Promise<Verdict> {
  const local = await LocalWorld.start(2);
  const services = await Services.start({
    faults: plan.faults,
    random: seededUniform(plan.seed + 1),
    stateOf: (channel) => readChannelState(local.state, channel),
  });
  const bundle = await bundleWorker(plan.planted ?? []);
  const worker = new Worker({ local, services, bundle });
  const parts = {
    plan,
    local,
    services,
    worker,
    random: seededUniform(plan.seed),
    unrecorded: new Map<string, number>(),
  };
  try {
    await local.makeQueue(NOTIFICATIONS.name);
    await worker.start();
    const { events, kills } = await publish(parts);
    services.calm();
    await settle(parts);
    await worker.kill();
    await writeFile(join(bundle, 'arrivals.log'), services.journal.join('\n'));
    return judge(await gather({ ...parts, events, kills }));
  } finally {
    await worker.kill();
    await services.close();
    await local.close();
  }
}

/** All events, in batches, with the kills among them. */
async function publish(
  parts: Parts,
): Promise<{ readonly events: readonly CloudEvent[]; readonly kills: number }> {
  const { plan, local, worker, random } = parts;
  const bus = new EventBus([new NotifySink(local.queue)], systemClock);
  const batches = Math.ceil(plan.events / BATCH);
  const killAt = new Set<number>();
  while (killAt.size < Math.min(plan.kills, batches)) killAt.add(Math.floor(random() * batches));
  const events: CloudEvent[] = [];
  let kills = 0;
  for (let batch = 0; batch < batches; batch += 1) {
    const count = Math.min(BATCH, plan.events - events.length);
    const at = Date.now() + worker.aheadMs;
    const more = Array.from({ length: count }, (_, n) => eventAt(events.length + n, at + n));
    await bus.send(more, { logger: new RecordingLogger() });
    events.push(...more);
    if (killAt.has(batch)) {
      await killOnce(parts);
      kills += 1;
    }
    worker.advance(Math.floor(random() * LONGEST_STEP_MS));
    if (batch % 5 === 0) await worker.tick();
    while ((await waitingIn(local)) > MOST_WAITING) {
      await setTimeout(WAIT_MS);
      // What is to be tried again later is tried again soon.
      worker.advance(WAIT_STEP_MS);
      await worker.tick();
    }
    if (batch % 25 === 24) plan.say(`${events.length} events, ${kills} kills`);
  }
  return { events, kills };
}

/** Kills the process as a request arrives, as it is answered, or at any moment, and starts another. */
async function killOnce({ services, worker, random, local, unrecorded }: Parts): Promise<void> {
  const channel = CHANNELS[Math.floor(random() * CHANNELS.length)];
  const moment = (['arrived', 'answered', 'any'] as const)[Math.floor(random() * 3)];
  const struck = new AbortController();
  services.onMoment = (name, what) => {
    if (name !== channel || what !== moment || struck.signal.aborted) return;
    worker.strike();
    struck.abort();
  };
  const limit = moment === 'any' ? Math.floor(random() * 1_000) : MOMENT_MS;
  await setTimeout(limit, undefined, { signal: struck.signal }).catch(() => undefined);
  services.onMoment = () => undefined;
  await worker.kill();
  await services.idle();
  for (const [name, { heard }] of services.records) {
    const last = heard.at(-1);
    const { pending } = await readChannelState(local.state, name);
    if (last === undefined || !pending.some(({ message }) => message.id === last)) continue;
    services.note(`a kill before the note of ${name} ${last}`);
    unrecorded.set(`${name} ${last}`, (unrecorded.get(`${name} ${last}`) ?? 0) + 1);
  }
  // As the passing of time does to the leases of a process that died.
  for (const name of CHANNELS) await local.lapse(`notify/${name}`);
  await worker.start();
}

/** Lets the clock pass until nothing is left to send for a while. */
async function settle({ plan, local, worker }: Parts): Promise<void> {
  let quiet = 0;
  for (let step = 0; step < LAST_STEPS && quiet < QUIET_STEPS; step += 1) {
    worker.advance(STEP_MS);
    await worker.tick();
    let left = 1;
    for (let wait = 0; wait < MOST_WAITS && left > 0; wait += 1) {
      await setTimeout(500);
      left = await leftIn(local);
    }
    quiet = left === 0 ? quiet + 1 : 0;
    plan.say(`step ${step + 1} at the end: ${left} messages wait`);
  }
}
