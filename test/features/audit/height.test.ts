/** How high the chain stands is said at each append and whenever it is asked for. */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { ChainedAuditLog } from '../../../src/features/audit/audit-log.ts';
import type { AuditEvent } from '../../../src/features/audit/entry.ts';
import { heightLog, reportHeight } from '../../../src/features/audit/height.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';
import { MemoryAuditAnchor, MemoryAuditStore } from '../../support/memory/memory-audit-store.ts';
import { RecordingLogger } from '../../support/memory/recording-logger.ts';

const EVENT: AuditEvent = {
  event: 'noted',
  actor: { kind: 'person', id: 'bob', name: 'bob' },
  decision: 'noted',
};

function aLog() {
  const clock = new ManualClock();
  const store = new MemoryAuditStore(clock);
  const logger = new RecordingLogger();
  return {
    store,
    logger,
    log: heightLog(new ChainedAuditLog(store, new MemoryAuditAnchor(), clock), logger),
  };
}

function said({ lines }: RecordingLogger): readonly Readonly<Record<string, unknown>>[] {
  return lines.map(({ message, fields }) => ({ message, ...fields }));
}

describe('the height of the audit chain', () => {
  it('is said after each append', async () => {
    const { log, logger } = aLog();
    await log.note(EVENT);
    const tip = await log.note(EVENT);

    expect(said(logger)).toEqual([
      expect.objectContaining({ message: 'audit log height', height: 1 }),
      { message: 'audit log height', height: 2, hash: tip.hash },
    ]);
  });

  it('is not said of an append that failed', async () => {
    const { store, log, logger } = aLog();
    store.faults.fail('append', new WardenError('storage-unavailable', { message: 'down' }));

    await expect(log.note(EVENT)).rejects.toMatchObject({ code: 'storage-unavailable' });
    expect(said(logger)).toEqual([]);
  });

  it('falls with the log: what is read is what is there, not what was written', async () => {
    const { store, log, logger } = aLog();
    await log.note(EVENT);
    await log.note(EVENT);
    store.rewrite((lines) => lines.slice(0, 1));
    await reportHeight(store, new MemoryAuditAnchor(), logger);
    store.contents.length = 0;
    await reportHeight(store, new MemoryAuditAnchor(), logger);

    expect(said(logger).map(({ height }) => height)).toEqual([1, 2, 1, 0]);
  });

  it('is that of the part before, while a new one is empty', async () => {
    const { store, log, logger } = aLog();
    await log.note(EVENT);
    await store.open({ day: '2999-01-01', number: 1 });
    await reportHeight(store, new MemoryAuditAnchor(), logger);

    expect(said(logger).at(-1)).toMatchObject({ height: 1 });
  });

  it.each([
    {
      name: 'the store does not answer',
      spoil: (store: MemoryAuditStore) =>
        store.faults.fail('end', new WardenError('storage-unavailable', { message: 'down' })),
      code: 'storage-unavailable',
    },
    {
      name: 'the last line is no entry',
      spoil: (store: MemoryAuditStore) => store.rewrite(() => ['{}']),
      code: 'audit-corrupt',
    },
  ])('is said to be unknown when $name', async ({ spoil, code }) => {
    const { store, log, logger } = aLog();
    await log.note(EVENT);
    spoil(store);
    await reportHeight(store, new MemoryAuditAnchor(), logger);

    expect(said(logger).at(-1)).toMatchObject({
      message: 'audit log height unknown',
      error: expect.objectContaining({ code }),
    });
  });
});
