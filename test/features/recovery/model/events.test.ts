/** The recovery's events: one schema for all, one id for one fact however often it is published. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { eventSchemas } from '../../../../src/core/events/define-event.ts';
import {
  RECOVERY_EVENTS,
  type RecoveryEvent,
  toRecoveryCloudEvent,
} from '../../../../src/features/recovery/model/events.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

function anEvent(change: Partial<RecoveryEvent> = {}): RecoveryEvent {
  return {
    id: 'r1/1',
    type: 'requested',
    at: Date.UTC(2026, 0, 1),
    hsm: 'contoso',
    key: 'orders',
    recoveryId: 'r1',
    link: '/recoveries/r1',
    ...change,
  };
}

describe('an event of the recovery', () => {
  it.each(RECOVERY_EVENTS)('of $fact is a CloudEvent $type', ({ fact, type, schema }) => {
    const event = toRecoveryCloudEvent(anEvent({ type: fact }));

    expect(schema.parse(event)).toEqual(event);
    expect(event).toMatchObject({
      type,
      subject: 'hsms/contoso/keys/orders',
      time: '2026-01-01T00:00:00.000Z',
    });
  });

  it('has the same id when it is published again, and another for another fact', () => {
    const first = toRecoveryCloudEvent(anEvent()).id;

    expect(toRecoveryCloudEvent(anEvent({ at: 5 })).id).toBe(first);
    expect(toRecoveryCloudEvent(anEvent({ id: 'r1/2' })).id).not.toBe(first);
  });
});

describe('the published schemas', () => {
  const ajv = new Ajv2020({ allErrors: true, strict: true });
  addFormats.default(ajv);
  const validators = new Map(
    [...eventSchemas(RECOVERY_EVENTS).values()].map((text) => {
      const schema = JSON.parse(text);
      return [String(schema.title), ajv.compile(schema)];
    }),
  );

  it('take every event of a recovery, and refuse one with a fact too many', async () => {
    const world = await RecoveryWorld.withBackup();
    world.hsm.deleteKey('orders');
    await world.deliver((await world.approved()).id);
    const events = world.topic.accepted;

    expect(events.map(({ type }) => type)).toContain('HsmWarden.RecoverySucceeded');
    for (const event of events) {
      const validate = validators.get(event.type);
      validate?.(JSON.parse(JSON.stringify(event)));
      expect(validate?.errors).toBeNull();
      expect(validate?.({ ...event, data: { ...event.data, token: 'secret' } })).toBe(false);
    }
  });
});
