/** Sealing takes time in which others append: decisions are not waited for without end, and hold up nothing else. */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { ChainedAuditLog } from '../../../src/features/audit/audit-log.ts';
import type { AuditEvent } from '../../../src/features/audit/entry.ts';
import { verifyAudit } from '../../../src/features/audit/verify-audit.ts';
import { failureOf } from '../../support/errors.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';
import { MemoryAuditAnchor, MemoryAuditStore } from '../../support/memory/memory-audit-store.ts';
import { MemorySealer } from '../../support/memory/memory-sealer.ts';
import { person } from '../../support/recovery-builders.ts';

const DECIDED: AuditEvent = { event: 'recovery-requested', actor: person('alice'), decision: 'allowed' };
const NOTED: AuditEvent = { event: 'access-refused', actor: person('bob'), decision: 'refused' };

function aLog() {
  const clock = new ManualClock({ now: Date.UTC(2026, 0, 1, 12), autoAdvance: true });
  const store = new MemoryAuditStore(clock);
  const anchor = new MemoryAuditAnchor();
  const sealer = new MemorySealer(clock, 'recovery');
  const open = () => new ChainedAuditLog(store, anchor, clock, sealer.decisions);
  /** From now on each seal takes so long. */
  const slow = (ms: number) =>
    sealer.faults.plant({ operation: 'seal', times: 1e6, act: () => clock.advance(ms) });
  /** From now on somebody else is faster. */
  const outrun = () =>
    store.faults.fail('append', new WardenError('state-conflict', { message: 'planted' }), { times: 1e6 });
  return { store, anchor, sealer, open, slow, outrun };
}

describe('a decision', () => {
  it('that others outrun for a minute is given up with a clear error, and no line of it is there', async () => {
    const { store, sealer, open, slow, outrun } = aLog();
    const log = open();
    await log.note(NOTED);
    slow(7_000);
    outrun();
    const deciding = failureOf(log.decide(DECIDED));

    expect(await deciding).toMatchObject({
      code: 'seal-unavailable',
      advice: expect.stringContaining('try again'),
    });
    expect(sealer.asked).toHaveLength(9);
    store.faults.clear();
    await log.note(NOTED);
    expect(store.lines).toHaveLength(2);
  });

  it('behind many others is sealed with the next few, so that a conflict costs few seals', async () => {
    const { store, anchor, sealer, open } = aLog();
    const log = open();
    await log.note(NOTED);
    store.faults.fail('append', new WardenError('state-conflict', { message: 'planted' }), { after: 1 });
    await Promise.all(Array.from({ length: 40 }, () => log.decide(DECIDED)));

    expect(sealer.asked).toHaveLength(50);
    expect(await verifyAudit(store, anchor, { seals: sealer.decisions })).toMatchObject({
      entries: 41,
      sealed: 40,
      problems: [],
    });
  });
});
