/** Both apps as `npm start` runs them, over a local world of three HSMs: contoso and fabrikam share a security domain, `stranger` has its own. */
import { dirname } from 'node:path';
import { vi } from 'vitest';
import { BlobAuditStore } from '../../src/adapters/audit/blob-audit-store.ts';
import { setClockAhead, systemClock } from '../../src/adapters/system/system-clock.ts';
import { type Emulator, startEmulator } from '../../src/emulator/start-emulator.ts';
import { type AuditEntry, parseEntry } from '../../src/features/audit/entry.ts';
import { RecoveryPage, RecoveryView } from '../../src/features/recovery/model/asking.ts';
import { readKeyState } from '../../src/features/recovery/planning/key-state.ts';
import { runNightly } from '../../src/local/run-nightly.ts';
import { type Apps, startApps } from '../../src/local/start-apps.ts';
import type { CloudEvent } from '../../src/local/topic/cloud-event.ts';
import { appRoles } from '../../src/local/world/app-roles.ts';
import { keyClientOn, keyServiceOn } from './emulator-world.ts';
import { LocalWorld } from './local-world.ts';

/** How long the watch, the topic and the worker together may take. */
export const POLL = { timeout: 30_000, interval: 100 };
const NAMES = ['contoso', 'fabrikam'];

/** An answer of the recovery app. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The running apps, their world, and people to act in it. */
export class FourEyes {
  readonly local: LocalWorld;
  readonly apps: Apps;
  readonly #stranger: Emulator;

  private constructor(local: LocalWorld, apps: Apps, stranger: Emulator) {
    this.local = local;
    this.apps = apps;
    this.#stranger = stranger;
  }

  /** Starts everything and backs up `keys` keys. `settings` go over those of the recovery app, which need not know the stranger. */
  static async start(
    keys: number,
    settings: Readonly<Record<string, string>> = {},
    options: Parameters<typeof LocalWorld.start>[1] = {},
    knowsStranger = true,
  ): Promise<FourEyes> {
    const local = await LocalWorld.start(keys, options);
    const stranger = await startEmulator({
      name: 'stranger',
      caDir: dirname(local.world.caFile),
      securityDomain: 'another one',
      seed: async () => appRoles(),
    });
    const own: unknown = JSON.parse(local.world.settings.WARDEN_HSMS ?? '[]');
    const others = knowsStranger ? [{ name: 'stranger', url: stranger.url }] : [];
    const hsms = JSON.stringify([own, others].flat(2));
    const world = {
      ...local.world,
      // A deleted key is reported again an hour after its deletion, not only in its last 30 days.
      settings: { ...local.world.settings, WARDEN_PURGE_THRESHOLDS: '2159h' },
      recoverySettings: { ...local.world.recoverySettings, WARDEN_HSMS: hsms, ...settings },
    };
    const folder = dirname(dirname(local.world.caFile));
    const apps = await startApps(world, { folder, once: true, log: () => undefined });
    const started = new FourEyes(local, apps, stranger);
    await started.backUp();
    return started;
  }

  async close(): Promise<void> {
    setClockAhead(0);
    await this.apps.stop();
    await this.#stranger.close();
    await this.local.close();
  }

  /** The nightly run. */
  async backUp(): Promise<void> {
    await runNightly(this.apps.backup, NAMES, () => undefined, 60_000);
  }

  hsm(name: string): Emulator {
    return name === 'stranger' ? this.#stranger : this.local.hsm(name);
  }

  /** Deletes a key, for good if asked. */
  async lose(hsm: string, key: string, purge = false): Promise<void> {
    const client = keyClientOn(this.hsm(hsm));
    await client.beginDeleteKey(key);
    if (purge) await client.purgeDeletedKey(key);
  }

  /** Lets time pass for everybody, and the watch look. */
  async pass(ms: number): Promise<void> {
    const now = systemClock.now() + ms;
    for (const hsm of [...this.local.world.hsms, this.#stranger]) await hsm.advanceClock(now - hsm.now());
    setClockAhead(now - Date.now());
    await this.apps.backup.invoke('deletedKeyWatch');
  }

  /** Whether a key is active, deleted or gone, and its versions while it is active. */
  async stateOf(hsm: string, key: string): Promise<string> {
    const keys = keyServiceOn(this.hsm(hsm));
    const { state } = await readKeyState(keys, key);
    if (state !== 'active') return state;
    return `active ${(await keys.listVersions(key)).map(({ version }) => version).join(' ')}`;
  }

  /** Sends as a person, whose claims `change` may alter. */
  async send(
    person: string,
    method: string,
    path: string,
    body?: object,
    change?: Readonly<Record<string, unknown>>,
  ): Promise<Answer> {
    return this.call(await this.local.world.issuer.token(person, change), method, path, body);
  }

  /** Sends with a token. */
  async call(
    token: string | undefined,
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const answer = await fetch(`${this.apps.recovery.url}/api/${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        'content-type': 'application/json',
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  }

  async view(id: string): Promise<RecoveryView> {
    return RecoveryView.parse((await this.send('dave', 'GET', `recoveries/${id}`)).body);
  }

  /** Requests about a key. */
  async requestsFor(key: string): Promise<readonly RecoveryView[]> {
    const { body } = await this.send('dave', 'GET', `recoveries?key=${key}`);
    return RecoveryPage.parse(body).items;
  }

  /** The first request for a key that somebody other than a person of the test has opened. */
  requestOf(key: string): Promise<RecoveryView> {
    return vi.waitFor(async () => {
      const [found] = await this.requestsFor(key);
      if (found === undefined) throw new Error(`no request for ${key} yet`);
      return found;
    }, POLL);
  }

  /** Alice asks for a key. */
  async ask(body: object, change?: Readonly<Record<string, unknown>>): Promise<RecoveryView> {
    const asked = { reason: 'lost', ...body };
    const { body: answer } = await this.send('alice', 'POST', 'recoveries', asked, change);
    return RecoveryView.parse(answer);
  }

  approve(person: string, { id, digest }: RecoveryView, change?: Record<string, unknown>): Promise<Answer> {
    return this.send(person, 'POST', `recoveries/${id}/approvals`, { digest }, change);
  }

  /** The request once it has ended. */
  ended(id: string): Promise<RecoveryView> {
    return vi.waitFor(async () => {
      const view = await this.view(id);
      if (view.endedAt === undefined) throw new Error(`still ${view.state}`);
      return view;
    }, POLL);
  }

  /** The audit log, oldest first. */
  async audited(): Promise<AuditEntry[]> {
    return (await this.rawAudit()).split('\n').flatMap((line) => parseEntry(line) ?? []);
  }

  /** The audit log as text. */
  async rawAudit(): Promise<string> {
    const store = new BlobAuditStore({ container: this.local.container('warden-audit'), clock: systemClock });
    let text = '';
    for await (const part of store.parts()) text += await store.read(part);
    return text;
  }

  /** Events at the topic whose data hold `text`, each once. */
  reported(text: string): readonly CloudEvent[] {
    const found = this.local.world.topic.accepted.filter(({ data }) =>
      JSON.stringify(data ?? '').includes(text),
    );
    return [...new Map(found.map((event) => [event.id, event])).values()];
  }
}
