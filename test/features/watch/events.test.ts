/** The identifiers and subjects of findings as events. */
import { describe, expect, it } from 'vitest';
import { eventId, type Finding, toEvent, WatchEvent } from '../../../src/features/watch/model/events.ts';

function recovered(change: { key?: string; discriminator?: string; hsm?: string } = {}): Finding {
  const { key = 'orders', hsm = 'contoso', discriminator = 'deleted 1' } = change;
  const data = { hsm, key, severity: 'info', deletedAt: '2026-11-24T12:00:00.000Z' } as const;
  return { kind: 'key-recovered', discriminator, data };
}

describe('the identifier of an event', () => {
  it('is the same whenever the same thing is found', () => {
    expect(toEvent(recovered(), 1).id).toBe(toEvent(recovered(), 2).id);
  });

  it.each([
    ['key', { key: 'secret' }],
    ['HSM', { hsm: 'fabrikam' }],
    ['occurrence', { discriminator: 'deleted 2' }],
  ])('is another for another %s', (_name, change) => {
    expect(eventId(recovered(change))).not.toBe(eventId(recovered()));
  });
});

describe('an event', () => {
  it('names its key in the subject, and its HSM alone when it is about the HSM', () => {
    expect(toEvent(recovered(), 1).subject).toBe('hsms/contoso/keys/orders');
    const data = { hsm: 'contoso', severity: 'warning', recoveryLevel: 'Recoverable+Purgeable' } as const;
    expect(toEvent({ kind: 'purge-protection-off', discriminator: 'x', data }, 1).subject).toBe(
      'hsms/contoso',
    );
  });

  it('with a fact too many is no event of ours', () => {
    const event = toEvent(recovered(), 1);
    expect(WatchEvent.safeParse(event).success).toBe(true);
    expect(WatchEvent.safeParse({ ...event, data: { ...event.data, secret: 1 } }).success).toBe(false);
  });
});
