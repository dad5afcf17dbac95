/** Gathers what a campaign is judged by: what the services took, what is stored, and what the app logged. */
import { readFile } from 'node:fs/promises';
import { readDocument } from '../../src/core/documents/update-document.ts';
import type { CloudEvent } from '../../src/core/events/cloud-event.ts';
import {
  INCIDENTS,
  type IncidentState,
  PRODUCT_SCOPE,
  scopeOf,
} from '../../src/features/notify/model/incident-state.ts';
import { NOTIFICATIONS } from '../../src/features/notify/model/queues.ts';
import { readChannelState } from '../../src/features/notify/model/read-channel.ts';
import type { LocalWorld } from '../../test/support/local-world.ts';
import { CHANNELS, type Services } from './services.ts';
import type { CampaignEvidence } from './verdict.ts';
import type { Worker } from './worker.ts';

const SCOPES = [scopeOf('contoso'), scopeOf('fabrikam'), PRODUCT_SCOPE];

interface Parts {
  readonly local: LocalWorld;
  readonly services: Services;
  readonly worker: Worker;
  readonly unrecorded: ReadonlyMap<string, number>;
  readonly events: readonly CloudEvent[];
  readonly kills: number;
}

/** The evidence, once the app has ended. */
export async function gather({ local, services, worker, ...tally }: Parts): Promise<CampaignEvidence> {
  const { records, sentAfterReceipt, unidentified, strays, secrets } = services;
  const states = await incidentsIn(local);
  const log = await readFile(worker.logFile, 'utf8');
  return {
    ...tally,
    ...{ records, sentAfterReceipt, unidentified, strays, secrets },
    threads: states.flatMap(({ threads }) => Object.keys(threads)),
    members: states.flatMap(({ threads }) =>
      Object.values(threads).flatMap((thread) => Object.keys(thread.members)),
    ),
    left: await leftIn(local),
    log: [log],
    stored: await storedIn(local),
  };
}

/** Everything that is still to be sent: in the queue, among the incidents, and at the channels. */
export async function leftIn(local: LocalWorld): Promise<number> {
  const states = await incidentsIn(local);
  return [
    await waitingIn(local),
    ...states.map(({ outbox }) => outbox.length),
    ...states.map(({ threads }) => Object.values(threads).filter(({ dueAt }) => dueAt !== undefined).length),
  ].reduce((a, b) => a + b, 0);
}

/** What is in the queue and waits at the channels. */
export async function waitingIn(local: LocalWorld): Promise<number> {
  const channels = await Promise.all(CHANNELS.map((name) => readChannelState(local.state, name)));
  const queued = await local.messagesIn(NOTIFICATIONS.name);
  return channels.reduce((sum, { pending }) => sum + pending.length, queued);
}

async function incidentsIn({ state }: LocalWorld): Promise<readonly IncidentState[]> {
  const read = SCOPES.map(async (scope) => {
    const { value } = await readDocument(state, INCIDENTS, { kind: 'notify-incidents', scope });
    return value ?? [];
  });
  return (await Promise.all(read)).flat();
}

async function storedIn(local: LocalWorld): Promise<readonly string[]> {
  const container = local.container('warden-state');
  const texts: string[] = [];
  for await (const { name } of container.listBlobsFlat({ prefix: 'notify/' }))
    texts.push((await container.getBlobClient(name).downloadToBuffer()).toString('utf8'));
  return texts;
}
