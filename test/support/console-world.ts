import { acknowledgementEvent } from '../../src/features/audit/acknowledgements.ts';
import { ChainedAuditLog } from '../../src/features/audit/audit-log.ts';
import type { DecisionLog } from '../../src/features/audit/decision-lines.ts';
import type { LastRun } from '../../src/features/backup/last-run.ts';
import { HomePage, sentenceOf } from '../../src/features/console/home.ts';
import { KeyQuery, listKeys } from '../../src/features/console/key-list.ts';
import { Losses } from '../../src/features/console/losses.ts';
import { Summaries } from '../../src/features/console/summaries.ts';
import { BelievingDocuments } from '../../src/features/recovery-points/believing-documents.ts';
import { readCatalogue } from '../../src/features/recovery-points/catalogue.ts';
import { PointSeals } from '../../src/features/recovery-points/point-seals.ts';
import { exchangeBackups } from '../../src/features/recovery-points/save-backups.ts';
import { summarizeScan } from '../../src/features/status/summarize-scan.ts';
import { lostFindings } from '../../src/features/watch/model/lost-findings.ts';
import { readWatchState } from '../../src/features/watch/model/watch-state.ts';
import { MemoryAuditAnchor, MemoryAuditStore } from './memory/memory-audit-store.ts';
import { MemoryKeyService } from './memory/memory-key-service.ts';
import type { MemorySealer } from './memory/memory-sealer.ts';
import { person } from './recovery-builders.ts';
import { DAY_MS, WatchWorld } from './watch-world.ts';

const SUMMARY = { kind: 'summary', hsm: 'contoso' } as const;
const LAST_RUN = { kind: 'last-run', hsm: 'contoso' } as const;
const VERIFY = { kind: 'verify', hsm: 'contoso' } as const;
const RESOURCE = 'https://contoso.managedhsm.azure.net';
const NEVER = new AbortController().signal;

export class ConsoleWorld extends WatchWorld {
  readonly auditStore = new MemoryAuditStore(this.clock);
  readonly anchor = new MemoryAuditAnchor();
  sealer: MemorySealer | undefined;
  /** Why the settings of the HSM are wrong. */
  badSettings: string | undefined;
  fleetDoubt: string | undefined;

  get seals() {
    const { sealer } = this;
    return sealer === undefined ? undefined : { sealer, pinned: async () => sealer.pinned };
  }

  get store() {
    const { seals, clock } = this;
    if (seals === undefined) return this.state;
    return new BelievingDocuments(this.state, new PointSeals({ seals, clock, resourceOf: () => RESOURCE }));
  }

  get summaries(): Summaries {
    return new Summaries({
      store: this.store,
      clock: this.clock,
      seals: this.seals,
      resourceOf: () => RESOURCE,
      faultOf: () => this.badSettings,
    });
  }

  /** The drill HSMs of the settings. */
  drillHsms: readonly { readonly name: string; readonly of: readonly string[] }[] = [
    { name: 'drill', of: ['contoso'] },
  ];

  async scanned() {
    const result = await this.scan();
    const { clock, logger, seals, state } = this;
    const deps = {
      keys: new MemoryKeyService(this.hsm),
      state,
      clock,
      logger,
      seals,
      resource: RESOURCE,
      scanSchedule: '0 */15 * * * *',
      drillDays: 30,
      drillHsms: this.drillHsms,
    };
    return summarizeScan(deps, this.policy, result, NEVER);
  }

  lossesBy({ decisions }: Pick<DecisionLog, 'decisions'>) {
    const { auditStore, anchor } = this;
    return new Losses({ auditStore, anchor, decisions });
  }

  get listDeps() {
    return {
      summaries: this.summaries,
      losses: this.lossesBy({ decisions: undefined }),
      hsms: ['contoso'],
    };
  }

  async home({ decisions }: Pick<DecisionLog, 'decisions'> = { decisions: undefined }) {
    const { store, summaries } = this;
    const losses = this.lossesBy({ decisions });
    const { clock, policy: nights } = this;
    const page = new HomePage({ store, summaries, losses, clock, nights, hsms: ['contoso'] });
    const hsms = await page.hsms();
    return { ...sentenceOf(hsms, this.fleetDoubt), hsm: hsms[0] };
  }

  keys(query: Record<string, string> = {}) {
    return listKeys(this.listDeps, KeyQuery.parse(query), new Map());
  }

  /** Bob acknowledges the loss of a key. */
  async acknowledge(key: string) {
    const [finding] = lostFindings(await readWatchState(this.state, 'contoso'));
    const id = finding?.id ?? '';
    const log = new ChainedAuditLog(this.auditStore, this.anchor, this.clock);
    await log.note(acknowledgementEvent({ id, hsm: 'contoso', key }, person('bob'), 'TICKET-1'));
  }

  /** A run over the HSM has come to its end. */
  async ran(runId: string, state: LastRun['state']) {
    const at = this.clock.now();
    const note: LastRun = { format: 1, hsm: 'contoso', runId, state, startedAt: at, endedAt: at };
    const before = await this.state.read(LAST_RUN);
    const guard = before === undefined ? 'absent' : { etag: before.etag };
    await this.state.write(LAST_RUN, JSON.stringify(note), guard);
  }

  /** A verification has ended that knows these damaged backups, each with the time it was reported. */
  async verified(damaged: Readonly<Record<string, number>>) {
    const verify = {
      ...{ format: 1, hsm: 'contoso', runId: 'r', startedAt: 1, endedAt: 2, checked: 2, bytes: 1, found: 1 },
      damaged,
    };
    const before = await this.state.read(VERIFY);
    const guard = before === undefined ? 'absent' : { etag: before.etag };
    await this.state.write(VERIFY, JSON.stringify(verify), guard);
  }

  /** The verification finds the key's only backup damaged: it is noted, and the catalogue names it no more. */
  async findDamaged(key: string) {
    const { blob = '' } = (await readCatalogue(this.state, 'contoso')).keys[key] ?? {};
    await this.verified({ [blob]: 2 });
    await exchangeBackups(this.state, 'contoso', [{ key, blob, replacement: undefined }]);
  }

  /** Changes the stored summary as somebody could who can write the storage. */
  async tamper(change: (text: string) => string) {
    const stored = await this.state.read(SUMMARY);
    await this.state.write(SUMMARY, change(stored?.text ?? ''), { etag: stored?.etag ?? '' });
  }
}

export async function aWorld(keys: readonly string[] = ['orders', 'users']): Promise<ConsoleWorld> {
  const world = new ConsoleWorld();
  for (const key of keys) {
    world.hsm.createKey(key);
    await world.backUp(key);
  }
  return world;
}

/** A world whose key `gone` was purged, and no backup brings it back. */
export async function lostWorld(): Promise<ConsoleWorld> {
  const world = await aWorld(['orders']);
  world.hsm.createKey('gone');
  await world.scan();
  world.hsm.deleteKey('gone');
  await world.scan();
  await world.clock.advance(91 * DAY_MS);
  await world.backUp('orders');
  await world.scanned();
  return world;
}

/** A world whose only key was purged, and whose backup brings it back. */
export async function purgedWorld(): Promise<ConsoleWorld> {
  const world = await aWorld(['orders']);
  await world.scan();
  world.hsm.deleteKey('orders');
  await world.scan();
  await world.clock.advance(91 * DAY_MS);
  await world.scanned();
  return world;
}
