/** Open incidents are listed and acknowledged by people: in the audit log first, then for the app that sends. */
import { describe, expect, it } from 'vitest';
import { readDocument, updateDocument } from '../../../../src/core/documents/update-document.ts';
import { WardenError } from '../../../../src/core/errors.ts';
import { ACKNOWLEDGED, type Acknowledged } from '../../../../src/features/notify/model/acknowledged.ts';
import { Findings } from '../../../../src/features/recovery/findings/findings.ts';
import { Incidents } from '../../../../src/features/recovery/findings/incidents.ts';
import { updateWatchState } from '../../../../src/features/watch/model/watch-state.ts';
import {
  aDeletion,
  aRecoveredKey,
  aRequestEvent,
  SAMPLE_AT,
  SAMPLES,
} from '../../../support/notify-samples.ts';
import { NotifyWorld } from '../../../support/notify-world.ts';
import { HOUR_MS, person } from '../../../support/recovery-builders.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

const BOB = person('bob');

/** Notifications and recovery on one state, as in a deployment. */
function world({ isSealed = false } = {}) {
  const recovery = new RecoveryWorld();
  if (isSealed) recovery.sealDecisions();
  const { decisions } = recovery;
  const notify = new NotifyWorld(undefined, {}, undefined, decisions);
  const { audit } = recovery.deps();
  const deps = { store: notify.state, audit, clock: notify.clock, hsmNames: notify.hsms, decisions };
  return { notify, recovery, deps, incidents: new Incidents(deps) };
}

function sample(name: string) {
  const event = SAMPLES.get(name);
  if (event === undefined) throw new Error(`no sample ${name}`);
  return event;
}

describe('incidents', () => {
  it('are those that last and are open, of HSMs and of the product', async () => {
    const { notify, incidents } = world();
    await notify.happen(
      aDeletion('orders', { severity: 'high' }),
      aDeletion('gone', { hsm: 'fabrikam' }),
      aRecoveredKey('gone', SAMPLE_AT + 1000, 'fabrikam'),
      sample('notification-channel-failing'),
      aRequestEvent('requested'),
    );

    const [message] = notify.accepted();
    expect(await incidents.list()).toMatchObject([
      { kind: 'channel', subjects: 1 },
      { kind: 'deleted-key', hsm: 'contoso', severity: 'high', subjects: 1, reference: message?.reference },
    ]);
  });

  it('of an HSM for drills are among them, and can be acknowledged', async () => {
    const { notify, deps } = world();
    await notify.happen(sample('drill-broken'));
    const incidents = new Incidents({ ...deps, drillHsms: ['contoso-drill'] });

    const [incident] = await incidents.list();

    expect(incident).toMatchObject({ kind: 'drill', hsm: 'contoso-drill', severity: 'critical' });
    const view = await incidents.acknowledge(incident?.id ?? '', BOB, 'known');
    expect(view.acknowledged).toMatchObject({ by: BOB.name });
  });

  it('of an HSM that cannot be read keep none of another from being acknowledged', async () => {
    const { notify, deps, incidents } = world();
    await notify.happen(aDeletion('orders'));
    const [incident] = await incidents.list();
    const address = { kind: 'notify-incidents', scope: 'hsm-fabrikam' } as const;
    const before = await deps.store.read(address);
    await deps.store.write(address, 'garbage', before === undefined ? 'absent' : { etag: before.etag });

    const view = await incidents.acknowledge(incident?.id ?? '', BOB, 'known');

    expect(view.acknowledged).toMatchObject({ by: BOB.name });
    await expect(incidents.list()).rejects.toMatchObject({ code: 'state-corrupt' });
  });

  it('are acknowledged once: a line in the audit log, and what the app that sends reads', async () => {
    const { notify, recovery, incidents } = world();
    await notify.happen(aDeletion('orders'));
    const [incident] = await incidents.list();

    const first = await incidents.acknowledge(incident?.id ?? '', BOB, 'known');
    const second = await incidents.acknowledge(incident?.id ?? '', person('carol'), 'again');

    expect(first.acknowledged).toMatchObject({ by: BOB.name, reason: 'known' });
    expect(second).toEqual(first);
    expect(recovery.audited.filter((event) => event === 'incident-acknowledged')).toHaveLength(1);
    expect(await incidents.list()).toEqual([first]);
  });

  describe('where decisions are sealed', () => {
    const kinds = (notify: NotifyWorld) => notify.accepted().map(({ kind }) => kind);
    const ADDRESS = { kind: 'notify-acknowledged' } as const;

    async function opened() {
      const all = world({ isSealed: true });
      await all.notify.happen(aDeletion('orders', { severity: 'critical' }));
      const [incident] = await all.incidents.list();
      return { ...all, id: incident?.id ?? '' };
    }

    async function change(notify: NotifyWorld, edit: (one: Acknowledged) => Acknowledged): Promise<void> {
      await updateDocument(notify.state, ACKNOWLEDGED, ADDRESS, (stored) => ({
        format: 2 as const,
        incidents: (stored?.incidents ?? []).map(edit),
      }));
    }

    it('are not repeated once a person acknowledged them', async () => {
      const { notify, incidents, id } = await opened();
      await incidents.acknowledge(id, BOB, 'known');
      await notify.pass(5 * HOUR_MS);

      expect(kinds(notify)).toEqual(['new']);
      expect(await incidents.list()).toMatchObject([{ acknowledged: { by: BOB.name, reason: 'known' } }]);
    });

    it.each<{ name: string; edit: (one: Acknowledged) => Acknowledged }>([
      { name: 'without a seal', edit: ({ seal: _seal, ...one }) => one },
      { name: 'by somebody else', edit: (one) => ({ ...one, by: 'Mallory' }) },
      { name: 'for another reason', edit: (one) => ({ ...one, reason: 'all is well' }) },
    ])('are repeated when the state says so $name, and can be acknowledged', async ({ edit }) => {
      const { notify, incidents, id } = await opened();
      await incidents.acknowledge(id, BOB, 'known');
      await change(notify, edit);
      await notify.pass(1.5 * HOUR_MS);

      expect(kinds(notify)).toEqual(['new', 'repeat']);
      expect((await incidents.list())[0]?.acknowledged).toBeUndefined();
      await incidents.acknowledge(id, BOB, 'known');
      await notify.pass(5 * HOUR_MS);
      expect(kinds(notify)).toEqual(['new', 'repeat']);
    });

    it('are repeated when the seal is that of another incident', async () => {
      const { notify, incidents, id } = await opened();
      await incidents.acknowledge(id, BOB, 'known');
      await notify.happen(aDeletion('other', { hsm: 'fabrikam', severity: 'critical' }));
      const other = (await incidents.list()).find((one) => one.id !== id)?.id ?? '';
      await change(notify, (one) => ({ ...one, thread: other }));

      expect((await incidents.list()).map(({ acknowledged }) => acknowledged)).toEqual([
        undefined,
        undefined,
      ]);
    });

    it('are repeated while the pinned keys cannot be read', async () => {
      const { notify, recovery, incidents, id } = await opened();
      await incidents.acknowledge(id, BOB, 'known');
      const gone = new WardenError('seal-unavailable', { message: 'The vault is away.' });
      recovery.sealer?.faults.fail('pinned', gone, { times: 1_000 });
      await notify.pass(1.5 * HOUR_MS);

      expect(kinds(notify)).toEqual(['new', 'repeat']);
    });
  });

  it('are not acknowledged where the audit log takes no line', async () => {
    const { notify, deps } = world();
    await notify.happen(aDeletion('orders'));
    const audit = { ...deps.audit, decide: () => Promise.reject(new Error('no audit log')) };
    const incidents = new Incidents({ ...deps, audit });
    const [incident] = await incidents.list();

    await expect(incidents.acknowledge(incident?.id ?? '', BOB, 'known')).rejects.toThrow('no audit log');
    const { value } = await readDocument(notify.state, ACKNOWLEDGED, { kind: 'notify-acknowledged' });
    expect(value).toBeUndefined();
  });

  it('that are over, or never were, cannot be acknowledged', async () => {
    const { incidents } = world();
    await expect(incidents.acknowledge('0'.repeat(16), BOB, 'known')).rejects.toMatchObject({
      code: 'finding-unknown',
    });
  });

  it.each([
    ['are acknowledged with the loss of the only key that they are about', ['orders'], 1],
    ['stay open when they are about other keys, too', ['orders', 'invoices'], 0],
  ])('%s', async (_case, keys, count) => {
    const { notify, recovery, deps, incidents } = world();
    await notify.happen(...keys.map((key) => aDeletion(key, { severity: 'critical' })));
    const purges = { orders: { at: 1_000, awaitsRecord: false, records: [], lost: 'key' as const } };
    await updateWatchState(notify.state, 'contoso', (state) => ({ ...state, purges }));
    const { auditStore, anchor } = recovery;
    const findings = new Findings({ ...deps, auditStore, anchor, decisions: recovery.decisions, incidents });
    const [finding] = await findings.list();

    await findings.acknowledge(finding?.id ?? '', BOB, 'a test key');

    const listed = await incidents.list();
    expect(listed.filter(({ acknowledged }) => acknowledged !== undefined)).toHaveLength(count);
  });
});
