/** Every way around four eyes, over the running apps with real tokens: each changes nothing and is in the audit log. */
import { createHash } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { setClockAhead, systemClock } from '../../src/adapters/system/system-clock.ts';
import { ROLES } from '../../src/features/recovery/access/caller.ts';
import { type Answer, FourEyes, POLL } from '../support/four-eyes.ts';

const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
const HOUR_MS = 3_600_000;
const BOTH = { roles: [ROLES.read, ROLES.request, ROLES.approve], groups: ['security'] };

let world: FourEyes;
beforeAll(async () => {
  world = await FourEyes.start(24, {
    WARDEN_WEBHOOK_SECRETS: JSON.stringify({ alerts: [SECRET] }),
    // The watch must not ask automatically here: each test asks for what it needs.
    WARDEN_AUTO_REQUEST: 'false',
    // fabrikam and the stranger do not share a security domain, whatever somebody wrote into the settings.
    WARDEN_SHARED_DOMAINS: 'contoso+fabrikam,fabrikam+stranger',
  });
}, 120_000);
afterAll(() => world?.close());

/** What is refused, and about which key on which HSM. */
interface Attempt {
  readonly hsm: string;
  readonly key: string;
  /** A request that must stay as it is. */
  readonly id?: string;
  readonly act: () => Promise<Answer>;
}

/** Expects `code` as the answer, a line about it in the audit log, and key and request as they were. */
async function expectRefused({ hsm, key, id, act }: Attempt, status: number, code: string): Promise<void> {
  // Without what the viewer may do: that goes by the age of their sign-in, which is another one each time.
  const record = async () => {
    if (id === undefined) return undefined;
    const { you: _, ...stored } = await world.view(id);
    return stored;
  };
  const [stateBefore, recordBefore, linesBefore] = [
    await world.stateOf(hsm, key),
    await record(),
    (await world.audited()).length,
  ];

  expect(await act()).toMatchObject({ status, body: { code } });

  const added = (await world.audited()).slice(linesBefore);
  expect(added).toEqual([expect.objectContaining({ decision: 'refused', code })]);
  expect(await world.stateOf(hsm, key)).toBe(stateBefore);
  expect(await record()).toEqual(recordBefore);
}

/** Alice asks for a key that was just deleted. */
async function askedFor(key: string, hsm = 'contoso', purge = false, more: object = {}) {
  await world.lose(hsm, key, purge);
  return world.ask({ hsm, key, ...more });
}

function deliverSigned(id: string, body: object): Promise<Answer> {
  const at = new Date(systemClock.now());
  return world.call(undefined, 'POST', 'webhooks/alerts', body, {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(SECRET).sign(id, at, JSON.stringify(body)),
  });
}

describe('an approval that must not count', () => {
  it('is refused: by the requester, who may approve others', async () => {
    const asked = await askedFor('sql-tde-orders');
    const act = () => world.approve('alice', asked, BOTH);

    await expectRefused({ hsm: 'contoso', key: 'sql-tde-orders', id: asked.id, act }, 403, 'own-request');
  });

  it('is refused: twice by one person, also under another name', async () => {
    const asked = await askedFor('sql-tde-customers');
    expect((await world.approve('bob', asked)).status).toBe(200);
    const act = () => world.approve('bob', asked, { preferred_username: 'robert', groups: ['key-owner'] });

    await expectRefused(
      { hsm: 'contoso', key: 'sql-tde-customers', id: asked.id, act },
      409,
      'approved-already',
    );
  });

  it('is refused: for another digest', async () => {
    const asked = await askedFor('storage-cmk-archive');
    const act = () => world.approve('bob', { ...asked, digest: '0'.repeat(64) });

    await expectRefused(
      { hsm: 'contoso', key: 'storage-cmk-archive', id: asked.id, act },
      409,
      'digest-mismatch',
    );
  });

  it('does not suffice: two people of one group, while the other group is missing', async () => {
    const asked = await askedFor('storage-cmk-media');
    const mallory = { oid: '3a110000-0000-4000-8000-000000000009', sub: 'mallory' };
    await world.approve('bob', asked);
    const second = await world.approve('bob', asked, mallory);
    await world.apps.recovery.invoke('recoveryReconcile');
    await world.apps.recovery.tick();

    expect(second.body).toMatchObject({
      state: 'requested',
      missingApprovals: 1,
      missingGroups: ['key-owner'],
    });
    expect(await world.stateOf('contoso', 'storage-cmk-media')).toBe('deleted');
    const events = (await world.audited()).filter(({ recoveryId }) => recoveryId === asked.id);
    expect(events.map(({ event }) => event)).not.toContain('recovery-approved');
  });

  it('is refused: by the application that delivers webhooks', async () => {
    const asked = await askedFor('document-signing');
    const act = async () =>
      world.call(await world.local.world.issuer.appToken(), 'POST', `recoveries/${asked.id}/approvals`, {
        digest: asked.digest,
      });

    await expectRefused({ hsm: 'contoso', key: 'document-signing', id: asked.id, act }, 403, 'role-missing');
  });
});

describe('a request that must not be opened', () => {
  it('is refused: for an active key', async () => {
    const body = { hsm: 'contoso', key: 'code-signing', reason: 'just in case' };
    const act = () => world.send('alice', 'POST', 'recoveries', body);

    await expectRefused({ hsm: 'contoso', key: 'code-signing', act }, 409, 'key-active');
  });

  it('is refused: a restore while the key is soft-deleted', async () => {
    await world.lose('contoso', 'tls-offload-www');
    const body = { hsm: 'contoso', key: 'tls-offload-www', action: 'restore', reason: 'an older version' };
    const act = () => world.send('alice', 'POST', 'recoveries', body);

    await expectRefused({ hsm: 'contoso', key: 'tls-offload-www', act }, 409, 'key-deleted');
  });

  it('is refused: of a key without a backup', async () => {
    const body = { hsm: 'contoso', key: 'never-there', reason: 'a wish' };
    const act = () => world.send('alice', 'POST', 'recoveries', body);

    await expectRefused({ hsm: 'contoso', key: 'never-there', act }, 409, 'nothing-to-restore');
  });

  it('is refused: from a backup that is damaged', async () => {
    await world.lose('fabrikam', 'warehouse-tde', true);
    // The watch pins a copy when it sees the loss: it is damaged, too.
    await vi.waitFor(async () => {
      const blobs = (await world.local.storedBackups('fabrikam')).map(({ blob }) => blob);
      expect(blobs).toContainEqual(expect.stringMatching(/^pinned\/fabrikam\/warehouse-tde\//));
    }, POLL);
    for (const { blob, record } of await world.local.storedBackups('fabrikam')) {
      if (record.key === 'warehouse-tde') await overwrite(blob, Buffer.alloc(record.bytes, 'A'));
    }
    const body = { hsm: 'fabrikam', key: 'warehouse-tde', reason: 'purged by mistake' };
    const act = () => world.send('alice', 'POST', 'recoveries', body);

    await expectRefused({ hsm: 'fabrikam', key: 'warehouse-tde', act }, 409, 'backup-damaged');
  });

  it('is refused: into an HSM that is not named as one of the security domain', async () => {
    const body = { hsm: 'contoso', target: 'stranger', key: 'code-signing', reason: 'a copy' };
    const act = () => world.send('alice', 'POST', 'recoveries', body);

    await expectRefused({ hsm: 'stranger', key: 'code-signing', act }, 409, 'target-refused');
  });

  it('is refused: by an application that is not bound to the webhook source', async () => {
    const data = { hsm: 'contoso', key: 'code-signing', reason: 'x' };
    const event = { specversion: '1.0', id: 'e1', source: '/x', type: 'HsmWarden.RecoveryAsked', data };
    const foreign = await world.local.world.issuer.appToken({ azp: 'bad00000-0000-4000-8000-00000000000b' });
    const act = () => world.call(foreign, 'POST', 'webhooks/watch', event);

    await expectRefused({ hsm: 'contoso', key: 'code-signing', act }, 403, 'webhook-app-refused');
  });

  it('is not opened: by a webhook with an approval in its body', async () => {
    await world.lose('contoso', 'backup-wrapping');
    const body = { hsm: 'contoso', key: 'backup-wrapping', reason: 'x', approve: true };

    expect(await deliverSigned('msg_approve', body)).toMatchObject({ status: 400 });
    expect(await world.requestsFor('backup-wrapping')).toEqual([]);
    expect(await world.stateOf('contoso', 'backup-wrapping')).toBe('deleted');
  });

  it('is not opened twice: a replayed webhook', async () => {
    await world.lose('contoso', 'token-signing-old');
    const body = { hsm: 'contoso', key: 'token-signing-old', reason: 'alert 1' };
    const first = await deliverSigned('msg_1', body);
    const lines = (await world.audited()).length;

    expect(await deliverSigned('msg_1', body)).toEqual(first);
    expect(await world.requestsFor('token-signing-old')).toHaveLength(1);
    expect(await world.audited()).toHaveLength(lines);
  });
});

describe('an approved request that must not be executed', () => {
  it('fails: a backup of a foreign security domain, whatever the settings say', async () => {
    const asked = await world.ask({ hsm: 'fabrikam', target: 'stranger', key: 'saml-signing' });
    for (const person of ['bob', 'carol']) await world.approve(person, asked);

    expect(await world.ended(asked.id)).toMatchObject({
      state: 'failed',
      outcome: { code: 'backup-foreign' },
    });
    expect(await world.stateOf('stranger', 'saml-signing')).toBe('gone');
    await expectAudited(asked.id, { event: 'recovery-failed', code: 'backup-foreign' });
  });

  it('fails: its backup was replaced under its name after the first approval', async () => {
    const asked = await askedFor('timestamping', 'fabrikam', true);
    const { blob = '', sha256 } = asked.operation.backup ?? {};
    await world.approve('bob', asked);
    const other = (await world.local.storedBackups('fabrikam')).find(
      ({ record }) => record.key === 'vpn-gateway',
    );
    const bytes = Buffer.from(await world.local.backups.read(other?.blob ?? ''));
    expect(createHash('sha256').update(bytes).digest('hex')).not.toBe(sha256);
    await overwrite(blob, bytes);
    await world.approve('carol', asked);

    expect(await world.ended(asked.id)).toMatchObject({
      state: 'failed',
      outcome: { code: 'backup-damaged' },
    });
    expect(await world.stateOf('fabrikam', 'timestamping')).toBe('gone');
    await expectAudited(asked.id, { event: 'recovery-failed', code: 'backup-damaged' });
  });

  it('expires: its last approval comes too late', async () => {
    const asked = await askedFor('disk-encryption-test');
    await world.approve('bob', asked);
    setClockAhead(25 * HOUR_MS);
    try {
      expect(await world.approve('carol', asked)).toMatchObject({
        status: 409,
        body: { code: 'recovery-expired' },
      });
      expect(await world.view(asked.id)).toMatchObject({ state: 'expired', approvals: [{}] });
    } finally {
      setClockAhead(0);
    }
    expect(await world.stateOf('contoso', 'disk-encryption-test')).toBe('deleted');
    await expectAudited(asked.id, { event: 'recovery-expired' });
    await expectAudited(asked.id, { event: 'recovery-refused', code: 'recovery-expired' });
  });

  it('waits: the gate is disarmed, for the audit log was tampered with', async () => {
    const asked = await askedFor('payments-data');
    await world.approve('bob', asked);
    await tamperWithAudit();
    await world.apps.recovery.invoke('gateCheck');
    const lines = (await world.rawAudit()).length;

    expect(await world.approve('carol', asked)).toMatchObject({
      status: 503,
      body: { code: 'gate-disarmed' },
    });
    expect(await world.send('dave', 'GET', `recoveries/${asked.id}`)).toMatchObject({ status: 503 });
    expect(await world.stateOf('contoso', 'payments-data')).toBe('deleted');
    expect((await world.rawAudit()).slice(lines)).toContain('"code":"gate-disarmed"');
    const events = world.local.world.topic.accepted.map(({ type }) => type);
    expect(events).toContain('HsmWarden.RecoveryGateDisarmed');
  });
});

async function expectAudited(recoveryId: string, line: object): Promise<void> {
  expect(await world.audited()).toContainEqual(expect.objectContaining({ recoveryId, ...line }));
}

/** Other bytes under the name of a backup, its facts untouched: Azurite has no immutability to prevent it. */
async function overwrite(blob: string, bytes: Buffer): Promise<void> {
  const client = world.local.container('key-backups').getBlockBlobClient(blob);
  const { metadata = {} } = await client.getProperties();
  await client.upload(bytes, bytes.length, { metadata });
}

/** Says of an early line that somebody else did it. */
async function tamperWithAudit(): Promise<void> {
  const container = world.local.container('warden-audit');
  for await (const { name } of container.listBlobsFlat()) {
    const client = container.getAppendBlobClient(name);
    const text = (await client.downloadToBuffer()).toString();
    const changed = text.replace('alice@contoso.test', 'dave@contoso.test');
    if (changed === text) continue;
    await client.create();
    await client.appendBlock(changed, Buffer.byteLength(changed));
    return;
  }
  throw new Error('expected a line of alice');
}
