/** Refused callers are in the audit log, and nobody can fill it. */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../../src/core/errors.ts';
import type { AuditEvent } from '../../../../src/features/audit/entry.ts';
import { Refusals } from '../../../../src/features/recovery/access/refusals.ts';
import { ManualClock } from '../../../support/memory/manual-clock.ts';
import { RecordingLogger } from '../../../support/memory/recording-logger.ts';
import { person } from '../../../support/recovery-builders.ts';

const MINUTE_MS = 60_000;

function aLog() {
  const clock = new ManualClock();
  const noted: AuditEvent[] = [];
  const note = async (event: AuditEvent) => {
    noted.push(event);
    return { seq: noted.length, hash: '' };
  };
  const refusals = new Refusals({ note }, clock);
  const refuse = (caller?: ReturnType<typeof person>) =>
    refusals.note(
      new WardenError('token-missing', { message: 'No.' }),
      'GET x',
      caller,
      new RecordingLogger(),
    );
  return { clock, noted, refuse };
}

describe('a caller with a verified token', () => {
  it('makes at most 480 lines a day, however often refused, and leaves room for others', async () => {
    const { clock, noted, refuse } = aLog();
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      for (let call = 0; call < 40; call += 1) await refuse(person('mallory'));
      await refuse(person(`someone-${minute % 60}`));
      await clock.advance(MINUTE_MS);
    }
    const by = (id: string) => noted.filter(({ actor }) => actor.id === id);

    expect(by('mallory')).toHaveLength(480);
    expect(by('someone-30')).toHaveLength(24);
  });

  it('is counted beyond that, and the next line says how often', async () => {
    const { clock, noted, refuse } = aLog();
    for (let call = 0; call < 50; call += 1) await refuse(person('mallory'));
    await clock.advance(60 * MINUTE_MS);
    await refuse(person('mallory'));

    expect(noted).toHaveLength(21);
    expect(noted.at(-1)?.detail).toBe('GET x (and 30 more refusals before it)');
  });

  it('is not alone: a thousand of them make at most thirty lines a minute', async () => {
    const { noted, refuse } = aLog();
    for (let caller = 0; caller < 1_000; caller += 1) await refuse(person(`someone-${caller}`));

    expect(noted).toHaveLength(30);
  });
});

describe('callers without a verified token', () => {
  it('make at most 480 lines a day, however often they call', async () => {
    const { clock, noted, refuse } = aLog();
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      for (let call = 0; call < 5; call += 1) await refuse();
      await clock.advance(MINUTE_MS);
    }

    expect(noted.length).toBeLessThanOrEqual(480);
    expect(noted.length).toBeGreaterThan(400);
  });

  it('are counted beyond that: the next line says how many', async () => {
    const { clock, noted, refuse } = aLog();
    for (let call = 0; call < 50; call += 1) await refuse();
    await clock.advance(60 * MINUTE_MS);
    await refuse();

    expect(noted).toHaveLength(21);
    expect(noted.at(-1)?.detail).toBe('GET x (and 30 more refusals before it)');
  });

  it('do not keep a known caller out of the log', async () => {
    const { noted, refuse } = aLog();
    for (let call = 0; call < 50; call += 1) await refuse();
    await refuse(person('mallory'));

    expect(noted.at(-1)).toMatchObject({ actor: { id: 'mallory' }, detail: 'GET x' });
  });
});
