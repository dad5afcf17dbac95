/** Every event of a whole story, judged by the published schemas with a validator that knows nothing of us. */

import { readdir, readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CloudEvent } from '../../../src/core/events/cloud-event.ts';
import { BACKUP_DAMAGED } from '../../../src/features/recovery-points/events.ts';
import { reportDamage } from '../../../src/features/verify/report-damage.ts';
import { WATCH_EVENTS } from '../../../src/features/watch/model/events.ts';
import { announce, publishOutbox } from '../../../src/features/watch/outbox.ts';
import { MemoryWorkQueue } from '../../support/memory/memory-work-queue.ts';
import { aWatchPolicy, DAY_MS, HOUR_MS, WatchWorld } from '../../support/watch-world.ts';

const FOLDER = new URL('../../../docs/events/', import.meta.url);

/** A story in which everything happens. */
async function everyEvent(): Promise<readonly CloudEvent[]> {
  const world = new WatchWorld({ purgeProtection: false, retentionDays: 8 });
  world.policy = aWatchPolicy({ minRetentionDays: 30, unreachableAfterMs: 0 });
  world.drills = { days: 30 };
  for (const name of ['orders', 'secret', 'billing']) world.hsm.createKey(name);
  await world.clock.advance(HOUR_MS);
  await world.backUp('orders');
  await world.backUp('billing');
  await world.scan();
  world.hsm.deleteKey('orders');
  world.hsm.deleteKey('billing');
  const caller = { objectId: 'o', upn: 'mallory@contoso.com', appId: 'a', address: '203.0.113.7' };
  const at = world.clock.now();
  await world.scan({
    deletes: [{ key: 'orders', at, caller }],
    uses: [{ key: 'orders', at, caller, operation: 'KeyDecrypt', httpStatus: 404 }],
  });
  await world.deps.keys.recoverKey('billing');
  world.hsm.updateKey('billing', { enabled: false });
  await world.clock.advance(2 * DAY_MS);
  world.hsm.faults.fail('listKeys', world.fault('hsm-unreachable'), { times: 2 });
  await world.scan();
  await world.scan();
  await world.clock.advance(7 * DAY_MS);
  await world.scan();
  for await (const [backup] of world.backups.list('contoso', 'billing')) {
    if (backup === undefined) continue;
    const deps = { ...world.deps, backups: world.backups, queue: new MemoryWorkQueue(world.clock) };
    const damage = { backup, reason: 'its hash is another' };
    const posted = await reportDamage(deps, 'contoso', [damage], new AbortController().signal);
    await publishOutbox(world.deps, 'contoso', posted);
  }
  await world.scan();
  const broughtBack = {
    kind: 'key-brought-back-unapproved',
    discriminator: 'restore',
    data: {
      hsm: 'contoso',
      key: 'orders',
      severity: 'critical',
      action: 'restore',
      caller,
      approval: 'none',
      todo: 'Ask.',
    },
  } as const;
  await publishOutbox(world.deps, 'contoso', await announce(world.deps, 'contoso', [broughtBack]));
  return world.topic.accepted;
}

describe('the published schemas', () => {
  let events: readonly CloudEvent[];
  const ajv = new Ajv2020({ allErrors: true, strict: true });
  addFormats.default(ajv);
  const validators = new Map<string, ReturnType<typeof ajv.compile>>();

  beforeAll(async () => {
    events = await everyEvent();
    for (const name of await readdir(FOLDER)) {
      if (!name.endsWith('.schema.json')) continue;
      const kind = name.replace('.schema.json', '');
      validators.set(kind, ajv.compile(JSON.parse(await readFile(new URL(name, FOLDER), 'utf8'))));
    }
  });

  it.each([...WATCH_EVENTS, BACKUP_DAMAGED].map(({ kind, type }) => [kind, type]))(
    '%s: every event of the story conforms',
    (kind, type) => {
      const validate = validators.get(kind);
      const samples = events.filter((event) => event.type === type);

      expect(samples.length).toBeGreaterThan(0);
      for (const sample of samples) {
        validate?.(JSON.parse(JSON.stringify(sample)));
        expect(validate?.errors).toBeNull();
      }
    },
  );

  it('refuse an event with a fact missing', () => {
    const sample = events.find(({ type }) => type === 'HsmWarden.KeyDeleted');
    expect(validators.get('key-deleted')?.({ ...sample, data: { hsm: 'contoso' } })).toBe(false);
  });
});
