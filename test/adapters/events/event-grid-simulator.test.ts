/** The app pointed at a topic other than our own by its settings alone: address, authority, and a key or a token. */

import { afterEach, describe, expect, it } from 'vitest';
import type { CloudEvent } from '../../../src/core/events/cloud-event.ts';
import { createAuthority } from '../../../src/emulator/tls/certificates.ts';
import { readConfig } from '../../../src/platform/config/config.ts';
import { openPlatform } from '../../../src/platform/platform.ts';
import { tokenCredential } from '../../support/emulator-world.ts';
import { type Simulator, startSimulator } from '../../support/event-grid-simulator.ts';
import { anEvent } from '../../support/events.ts';
import { RecordingLogger } from '../../support/memory/recording-logger.ts';

const KEY = 'TheLocal+DevelopmentKey=';

let simulator: Simulator | undefined;

afterEach(async () => {
  await simulator?.close();
});

async function simulate(key: string | undefined): Promise<Simulator> {
  simulator = await startSimulator(key);
  return simulator;
}

/** The bus as the app composes it from its settings; `caPem` is what its authority file holds. */
function busTo({ url, caPem }: Pick<Simulator, 'url' | 'caPem'>, settings: Record<string, string> = {}) {
  const config = readConfig({
    WARDEN_HSMS: 'contoso=https://127.0.0.1:8443',
    WARDEN_STORAGE_CONNECTION: 'UseDevelopmentStorage=true',
    WARDEN_TOPIC_URL: url,
    ...settings,
  });
  const { bus } = openPlatform({ config, credential: tokenCredential('token'), caPem });
  const logger = new RecordingLogger();
  return { send: (events: readonly CloudEvent[]) => bus.send(events, { logger }) };
}

function idsOf(events: readonly CloudEvent[]): readonly string[] {
  return events.map(({ id }) => id);
}

describe('an independent Event Grid simulator', () => {
  it('that asks for its key takes our events in one batch, in order, by the name localhost', async () => {
    const topic = await simulate(KEY);
    const events = [anEvent('orders'), anEvent('secret'), anEvent('orders', 'recovered')];
    await busTo(topic, { WARDEN_TOPIC_KEY: KEY }).send(events);

    expect(topic.taken).toEqual([
      { contentType: expect.stringMatching(/^application\/cloudevents-batch\+json/), ids: idsOf(events) },
    ]);
  });

  it('that asks for no key takes them with a token, too', async () => {
    const topic = await simulate(undefined);
    await busTo(topic).send([anEvent('orders')]);

    expect(topic.taken).toHaveLength(1);
  });

  it('takes a single event as a batch of one, and is never sent an empty batch', async () => {
    const topic = await simulate(KEY);
    const bus = busTo(topic, { WARDEN_TOPIC_KEY: KEY });
    await bus.send([]);
    await bus.send([anEvent('orders')]);

    expect(topic.requests).toHaveLength(1);
  });

  it('gets more events than fit in one request in several, each within its limits', async () => {
    const topic = await simulate(KEY);
    const events = Array.from({ length: 4_000 }, (_, n) => anEvent(`key-${n}`));
    await busTo(topic, { WARDEN_TOPIC_KEY: KEY }).send(events);

    expect(topic.taken.length).toBeGreaterThan(1);
    expect(topic.taken.flatMap(({ ids }) => ids)).toEqual(idsOf(events));
  });

  it.each([
    ['a token where a key is asked for', {}],
    ['another key', { WARDEN_TOPIC_KEY: 'b3RoZXI=' }],
  ])('that refuses %s makes the events wait, it loses none', async (_name, settings) => {
    const topic = await simulate(KEY);

    await expect(busTo(topic, settings).send([anEvent('orders')])).rejects.toMatchObject({
      code: 'topic-forbidden',
    });
    expect(topic.taken).toEqual([]);
  });

  it('is trusted by an authority file that holds several: that of the emulators and its own', async () => {
    const topic = await simulate(KEY);
    const other = await createAuthority(Date.now());
    const caPem = `${other.certificate}\n${topic.caPem}`;
    await busTo({ ...topic, caPem }, { WARDEN_TOPIC_KEY: KEY }).send([anEvent('orders')]);

    expect(topic.taken).toHaveLength(1);
  });

  it('is not trusted with a certificate of an unknown authority', async () => {
    const topic = await simulate(KEY);
    const { certificate: caPem } = await createAuthority(Date.now());
    const bus = busTo({ ...topic, caPem }, { WARDEN_TOPIC_KEY: KEY });

    await expect(bus.send([anEvent('orders')])).rejects.toMatchObject({ code: 'topic-unreachable' });
    expect(topic.requests).toEqual([]);
  });
});
