/** What a process remembers of the incidents saves the reading of a text it knows, and never stands for what is stored. */
import { expect, it } from 'vitest';
import { noIncidents } from '../../../src/features/notify/model/incident-state.ts';
import { KnownIncidents } from '../../../src/features/notify/model/known-incidents.ts';
import { aDeletion } from '../../support/notify-samples.ts';
import { NotifyWorld } from '../../support/notify-world.ts';

const SCOPE = 'hsm-contoso';

it('a text that was read or written before is not read again', () => {
  const known = new KnownIncidents();
  const state = { ...noIncidents(SCOPE), tests: ['a'] };
  const text = JSON.stringify(state);
  const read = known.parse(SCOPE, text);
  expect(read).toEqual(state);
  expect(known.parse(SCOPE, text)).toBe(read);
  known.keep(SCOPE, text, state);
  expect(known.parse(SCOPE, text)).toBe(state);
});

it.each([
  ['another text', JSON.stringify({ ...noIncidents(SCOPE), tests: ['b'] }), ['b']],
  ['the same scope, begun again', JSON.stringify(noIncidents(SCOPE)), []],
])('%s is read', (_what, text, tests) => {
  const known = new KnownIncidents();
  known.parse(SCOPE, JSON.stringify({ ...noIncidents(SCOPE), tests: ['a'] }));
  expect(known.parse(SCOPE, text).tests).toEqual(tests);
});

it('a text that cannot be read is not taken for the one before', () => {
  const known = new KnownIncidents();
  const text = JSON.stringify(noIncidents(SCOPE));
  known.parse(SCOPE, text);
  expect(() => known.parse(SCOPE, text.slice(1))).toThrow('cannot be read');
  expect(() => known.parse('hsm-fabrikam', text)).toThrow('cannot be read');
});

it('what another process wrote meanwhile is seen', async () => {
  const one = new NotifyWorld();
  const other = new NotifyWorld();
  Object.assign(other, { deps: { ...other.deps, state: one.state, clock: one.clock, leases: one.leases } });
  await one.happen(aDeletion('orders', { severity: 'notice' }));
  await other.happen(aDeletion('ledger', { severity: 'notice' }));
  await one.happen(aDeletion('signing', { severity: 'notice' }));
  const { threads } = await one.incidentsOf('contoso');
  const members = Object.values(threads).flatMap((thread) => Object.keys(thread.members));
  expect(members.sort()).toEqual(['ledger', 'orders', 'signing']);
});
