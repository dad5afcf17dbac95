import { describe, expect, it } from 'vitest';
import { describeEvent } from '../../src/local/describe-event.ts';
import { CloudEvent } from '../../src/local/topic/cloud-event.ts';
import { EVENTS } from '../../src/platform/events.ts';

const event = (type: string, data: Readonly<Record<string, unknown>> = {}) =>
  CloudEvent.parse({
    specversion: '1.0',
    id: 'one',
    source: '/hsm-warden',
    type,
    subject: 'hsms/contoso/keys/a',
    time: '2026-11-24T22:18:00Z',
    data,
  });

describe('an event at the local topic', () => {
  it.each(EVENTS)('has its subject in one column with all others: $type', ({ type }) => {
    const longest = Math.max(...EVENTS.map((one) => one.type.replace('HsmWarden.', '').length));
    // The time and a gap, the name and a gap.
    expect(describeEvent(event(type)).indexOf('hsms/contoso')).toBe(16 + 2 + longest + 1);
  });

  it('of a recovery says which request it is about, and why', () => {
    const data = { recoveryId: '8wve', detail: 'ticket 4711', link: 'https://recovery' };
    const columns = describeEvent(event('HsmWarden.RecoveryRequested', data)).split(/ {2,}/);
    expect(columns).toEqual([
      '2026-11-24T22:18',
      'RecoveryRequested',
      'hsms/contoso/keys/a',
      '(recoveryId 8wve, detail ticket 4711)',
    ]);
  });

  it('keeps to a line and to its terminal whatever a reason says', () => {
    const data = { detail: `\u001b[2J\n${'x'.repeat(1000)}` };
    const said = describeEvent(event('HsmWarden.RecoveryRequested', data));
    expect(said).toContain('?[2J?xxx');
    expect(said).toContain('…');
    expect(said.length).toBeLessThan(250);
  });
});
