/** The lines of the audit log that decide about HSMs. */
import { describe, expect, it } from 'vitest';
import {
  DECISION_EVENTS,
  decisionEvent,
  digestOf,
  kindOf,
  unknownHsm,
} from '../../../src/features/fleet/decisions.ts';
import { person } from '../../support/recovery-builders.ts';

const HSM = { name: 'contoso', resource: '/subscriptions/s/contoso' };

describe('a decision about an HSM', () => {
  it.each(['excluded', 'added'] as const)('(%s) is read from its line as it was made', (kind) => {
    const event = decisionEvent(kind, HSM, person('alice'), 'because');

    expect(event).toStrictEqual({
      event: event.event,
      actor: person('alice'),
      decision: 'allowed',
      factId: 'contoso',
      digest: digestOf(HSM.resource),
      detail: 'because',
    });
    expect(DECISION_EVENTS).toContain(event.event);
    expect(kindOf(event.event)).toBe(kind);
  });

  it('says at which address the HSM is to be protected, where there is one', () => {
    const event = decisionEvent('added', HSM, person('alice'), 'because', 'https://contoso.test');

    expect(event.address).toBe('https://contoso.test');
  });

  it.each(['recovery-approved', '', undefined])('is no line of the event %s', (event) => {
    expect(kindOf(event)).toBeUndefined();
  });

  it('is about the resource in whatever letters it is written', () => {
    expect(digestOf(HSM.resource.toUpperCase())).toBe(digestOf(HSM.resource));
    expect(digestOf(`${HSM.resource}-dr`)).not.toBe(digestOf(HSM.resource));
  });

  it('cannot be taken about one that no discovery has found', () => {
    expect(unknownHsm('x')).toMatchObject({
      code: 'hsm-unknown',
      message: 'No discovery has found an HSM x.',
      advice:
        'hsm-warden hsm list shows what was found. What WARDEN_HSMS names is protected without being found.',
      hsm: 'x',
    });
  });
});
