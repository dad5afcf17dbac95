/** The search of the audit log says which part of the log it is a search of. */
import { expect, it } from 'vitest';
import { ChainedAuditLog } from '../../../src/features/audit/audit-log.ts';
import type { AuditEvent } from '../../../src/features/audit/entry.ts';
import { AuditQuery, searchAudit } from '../../../src/features/console/audit-search.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';
import { MemoryAuditAnchor, MemoryAuditStore } from '../../support/memory/memory-audit-store.ts';

const EVENT: AuditEvent = {
  event: 'noted',
  actor: { kind: 'person', id: 'bob', name: 'bob' },
  decision: 'noted',
};

it('names no segment while there is one only', async () => {
  const clock = new ManualClock();
  const [store, anchor] = [new MemoryAuditStore(clock), new MemoryAuditAnchor()];
  await new ChainedAuditLog(store, anchor, clock).note(EVENT);

  const page = await searchAudit(store, anchor, AuditQuery.parse({}));

  expect(page.items).toHaveLength(1);
  expect(page.notSearched).toBeUndefined();
});

it('names those before the one in which the log goes on, also where nothing matches', async () => {
  const clock = new ManualClock();
  const [store, anchor] = [new MemoryAuditStore(clock), new MemoryAuditAnchor()];
  await new ChainedAuditLog(store, anchor, clock).note(EVENT);
  const [second, third] = ['2'.repeat(26), '3'.repeat(26)];
  for (const segment of [second, third]) await store.open({ segment, day: '2026-11-24', number: 1 });
  const tip = { seq: 1, hash: 'a'.repeat(64) };
  await anchor.restart({ ...tip, segment: { name: third, base: tip, armed: tip.hash } });

  const page = await searchAudit(store, anchor, AuditQuery.parse({}));

  expect(page).toEqual({
    items: [],
    searchedBackTo: '2026-11-24',
    notSearched: ['first', `segments/${second}`],
  });
});
