import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/cli/frame/exit-codes.ts';
import { updateWatchState } from '../../src/features/watch/model/watch-state.ts';
import { aDeletion } from '../support/notify-samples.ts';
import { NotifyWorld } from '../support/notify-world.ts';
import { type RecoveryHost, startRecoveryHost } from '../support/recovery-host.ts';
import { run } from './support/cli.ts';

let served: RecoveryHost;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warden-ack-'));
  served = await startRecoveryHost();
});
afterAll(async () => {
  await served?.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  const { store } = await served.replace();
  const purges = { orders: { at: 1_000, awaitsRecord: false, records: [], lost: 'key' as const } };
  await updateWatchState(store, 'contoso', (state) => ({ ...state, purges }));
});

async function as(person: string, args: readonly string[], stdin = '') {
  const tokenFile = join(folder, `${person}.token`);
  await writeFile(tokenFile, await served.issuer.token(person));
  const way = ['--app-url', served.host.url, '--token-file', tokenFile, '-o', 'json'];
  return run(['ack', ...args, ...way], { stdin });
}

async function finding(): Promise<string> {
  const { items } = JSON.parse(await (await served.send('dave', 'GET', 'findings')).text());
  return items[0].id;
}

describe('hsm-warden ack', () => {
  it('acknowledges a lost key by the beginning of its id, after its name was typed', async () => {
    const ran = await as('bob', [(await finding()).slice(0, 5), '--reason', 'ticket 4711'], 'orders\n');
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({ key: 'orders', acknowledged: { reason: 'ticket 4711' } });
    expect(served.world.audited).toContain('finding-acknowledged');
  });

  it.each([
    ['another name is typed', 'bob', 'order\n', EXIT_CODES.refused.code],
    ['nothing is typed', 'bob', '', EXIT_CODES.refused.code],
    ['somebody may not approve', 'alice', 'orders\n', 1],
    ['somebody may only read', 'dave', 'orders\n', 1],
  ])('acknowledges nothing when %s', async (_case, who, typed, code) => {
    const ran = await as(who, [await finding(), '--reason', 'x'], typed);
    expect(ran.code).toBe(code);
    expect(served.world.audited).not.toContain('finding-acknowledged');
  });

  it('knows a finding that is not there', async () => {
    const ran = await as('bob', ['ffffffffffffffff', '--reason', 'x', '--yes']);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("No finding's id begins with ffffffffffffffff.");
  });

  it('acknowledges an incident by the reference that its messages have', async () => {
    const { store, clock } = served.world;
    const notify = new NotifyWorld();
    await notify.happen(aDeletion('orders', { severity: 'high' }));
    const scope = { kind: 'notify-incidents', scope: 'hsm-contoso' } as const;
    await store.write(scope, JSON.stringify(await notify.incidentsOf('contoso')), 'absent');
    const reference = notify.accepted()[0]?.reference ?? '';

    const ran = await as('bob', [reference.toLowerCase(), '--reason', 'ticket 4712']);

    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      reference,
      subjects: 1,
      acknowledged: {
        by: 'bob@contoso.test',
        at: new Date(clock.now()).toISOString(),
        reason: 'ticket 4712',
      },
    });
    expect(served.world.audited).toContain('incident-acknowledged');
  });

  it.each([
    ['HW-000000', 'No open incident that lasts is called HW-000000.'],
    ['HW-00000', '<finding>'],
  ])('knows that %s is no incident', async (reference, said) => {
    const ran = await as('bob', [reference, '--reason', 'x']);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(said);
  });

  it('wants a reason', async () => {
    const ran = await as('bob', [await finding(), '--yes']);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('--reason: expected a reason');
  });
});
