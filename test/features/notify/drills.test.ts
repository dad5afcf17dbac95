/** A drill that failed is an incident of its own, until a drill brings the key back. */
import { expect, it } from 'vitest';
import { MINUTE_MS } from '../../../src/core/time.ts';
import { brokenEvent, failedEvent, provenEvent } from '../../../src/features/drill/events.ts';
import type { DrillResult } from '../../../src/features/drill/model/result.ts';
import { trustedEvent } from '../../../src/features/drill/trial-events.ts';
import { hsmsWithIncidents } from '../../../src/features/notify/manifest.ts';
import { aFinding, SAMPLE_AT } from '../../support/notify-samples.ts';
import { NotifyWorld } from '../../support/notify-world.ts';

const HOUR_MS = 60 * MINUTE_MS;

/** What a drill found of a key, so many minutes after the first. */
function aResult(key: string, verdict: DrillResult['verdict'], minutes = 0): DrillResult {
  const at = SAMPLE_AT + minutes * MINUTE_MS;
  const point = { capturedAt: at, createdAt: at, updatedAt: at, version: 'v1', versions: 1 };
  return {
    ...{ hsm: 'contoso', key, drillHsm: 'contoso-drill', runId: `run-${minutes}`, verdict },
    reasons: verdict === 'failed' ? ['Another modulus came back.'] : [],
    used: [],
    unused: [],
    point: { ...point, blob: `contoso/${key}/x.keybackup`, sha256: 'd1'.repeat(32) },
    startedAt: at,
    endedAt: at,
    steps: {},
  };
}

/** An older backup is damaged, and another one is good. */
function aDamage(key: string, minutes: number) {
  const at = new Date(SAMPLE_AT + minutes * MINUTE_MS).toISOString();
  const backup = { blob: `contoso/${key}/y.keybackup`, capturedAt: at, sha256: 'd2'.repeat(32) };
  return aFinding(
    {
      kind: 'backup-damaged',
      discriminator: `damaged ${key}`,
      data: {
        ...{ hsm: 'contoso', key, severity: 'warning', blob: `contoso/${key}/x.keybackup` },
        ...{
          reason: 'its hash is another',
          expectedSha256: 'd3'.repeat(32),
          capturedAt: at,
          noticedAt: at,
          backup,
        },
      },
    },
    SAMPLE_AT + minutes * MINUTE_MS,
  );
}

it('a damaged backup that is reported later neither ends nor hides a failed drill of the key', async () => {
  const world = new NotifyWorld();
  await world.happen(failedEvent(aResult('orders', 'failed')));
  await world.happen(aDamage('orders', 5));
  await world.pass(3 * HOUR_MS);

  const drill = world.accepted().filter(({ title }) => title.includes('drill'));
  expect(drill.map(({ kind, severity }) => `${kind} ${severity}`)).toEqual([
    'new critical',
    'repeat critical',
    'repeat critical',
  ]);
  expect(JSON.stringify(drill)).not.toContain('good backup');
  expect(new Set(world.accepted().map(({ thread }) => thread)).size).toBe(2);
});

it.each([
  ['proven', 'its key was used'],
  ['metadata-only', 'was not used'],
] as const)('ends when a drill brings the key back (%s)', async (verdict, says) => {
  const world = new NotifyWorld();
  await world.happen(failedEvent(aResult('orders', 'failed')));
  await world.happen(provenEvent(aResult('orders', verdict, 60)));
  await world.pass(48 * HOUR_MS);

  expect(world.accepted().map(({ kind }) => kind)).toEqual(['new', 'resolved']);
  expect(world.accepted().at(-1)?.lines.join(' ')).toContain(says);
});

it('many that failed together are one incident, apart from other reports of drills', async () => {
  const world = new NotifyWorld();
  const keys = Array.from({ length: 30 }, (_, n) => `key-${n}`);
  await world.happen(...keys.map((key) => failedEvent(aResult(key, 'failed'))));
  await world.pass(5 * MINUTE_MS);

  expect(world.accepted().map(({ title }) => title)).toEqual([expect.stringContaining('30 failed drills')]);
});

it('drills that passed what must fail are an incident until a trial holds, and no other end of a run ends it', async () => {
  const world = new NotifyWorld();
  world.hsms.push('drill');
  await world.happen(brokenEvent('drill', ['a damaged backup'], SAMPLE_AT));
  await world.pass(90 * MINUTE_MS);
  expect(world.accepted().map(({ kind }) => kind)).toEqual(['new', 'repeat']);

  await world.happen(trustedEvent('drill', SAMPLE_AT + 100 * MINUTE_MS));
  await world.pass(48 * HOUR_MS);

  expect(world.accepted().map(({ kind }) => kind)).toEqual(['new', 'repeat', 'resolved']);
});

it('the timer repeats what is reported of an HSM for drills, too', () => {
  const config = { drill: { hsms: [{ name: 'drill' }] } };
  expect(hsmsWithIncidents({ hsms: { names: ['contoso'] }, config })).toEqual(['contoso', 'drill']);
});
