/** A fleet whose scans, runs and verifications have left their documents, and whose home page is looked at. */
import type { DocumentAddress } from '../../src/core/documents/document-store.ts';
import { DatedSeals } from '../../src/core/seal/dated-seals.ts';
import type { Seal } from '../../src/core/seal/seal.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/core/time.ts';
import type { LastRun } from '../../src/features/backup/last-run.ts';
import { HomePage, sentenceOf } from '../../src/features/console/home.ts';
import { Losses } from '../../src/features/console/losses.ts';
import type { HomeHsm } from '../../src/features/console/model/home.ts';
import { Nights } from '../../src/features/console/nights.ts';
import { Summaries } from '../../src/features/console/summaries.ts';
import { FleetDocuments } from '../../src/features/fleet-summary/fleet-documents.ts';
import { FleetSummaries } from '../../src/features/fleet-summary/fleet-summaries.ts';
import { FindingNotes } from '../../src/features/notes/finding-notes.ts';
import { BelievingDocuments } from '../../src/features/recovery-points/believing-documents.ts';
import type { CatalogueStore } from '../../src/features/recovery-points/catalogue.ts';
import { PointSeals } from '../../src/features/recovery-points/point-seals.ts';
import { datedSummary, type SummaryHead } from '../../src/features/status/summary-document.ts';
import { ManualClock } from './memory/manual-clock.ts';
import { MemoryAuditAnchor, MemoryAuditStore } from './memory/memory-audit-store.ts';
import { MemoryDocumentStore } from './memory/memory-document-store.ts';
import { MemoryOnceStore } from './memory/memory-once-store.ts';
import { MemorySealer } from './memory/memory-sealer.ts';
import { RecordingLogger } from './memory/recording-logger.ts';

const NEVER = new AbortController().signal;
const SCAN_SCHEDULE = '0 */15 * * * *';
const NIGHTS = { schedule: '0 0 2 * * *', graceMs: 3 * HOUR_MS };

/** Documents in memory that remember what was read and written, each by its kind. */
class CountedDocuments extends MemoryDocumentStore {
  readonly reads: string[] = [];
  readonly writes: string[] = [];

  override async read(...[address, signal]: Parameters<MemoryDocumentStore['read']>) {
    this.reads.push(address.kind);
    return super.read(address, signal);
  }

  override async listRuns(...call: Parameters<MemoryDocumentStore['listRuns']>) {
    this.reads.push('list of runs');
    return super.listRuns(...call);
  }

  override async write(...[address, ...rest]: Parameters<MemoryDocumentStore['write']>) {
    this.writes.push(address.kind);
    return super.write(address, ...rest);
  }
}

/** Names of HSMs, which sort as they count. */
function hsmNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `hsm-${String(index).padStart(3, '0')}`);
}

export class FleetSummaryWorld {
  readonly clock = new ManualClock({ now: Date.UTC(2026, 10, 24, 9) });
  readonly state = new CountedDocuments();
  readonly once = new MemoryOnceStore();
  readonly logger = new RecordingLogger();
  readonly hsms: readonly string[];
  readonly sealer: MemorySealer | undefined;

  constructor(hsms: readonly string[], isSealed = true) {
    this.hsms = hsms;
    this.sealer = isSealed ? new MemorySealer(this.clock) : undefined;
  }

  /** Each HSM is safe, ran in the night and was verified, and the summary of the fleet says so. */
  static async of(count: number, { isSealed = true } = {}): Promise<FleetSummaryWorld> {
    const world = new FleetSummaryWorld(hsmNames(count), isSealed);
    for (const hsm of world.hsms) {
      await world.scanned(hsm);
      await world.ran(hsm);
      await world.verified(hsm);
      await world.watched(hsm);
    }
    await world.round();
    return world;
  }

  readonly resourceOf = (hsm: string) =>
    this.hsms.includes(hsm) ? `https://${hsm}.managedhsm.azure.net` : undefined;

  get seals() {
    const { sealer } = this;
    return sealer === undefined ? undefined : { sealer, pinned: async () => sealer.pinned };
  }

  /** As a process that was just started has it. */
  get store(): CatalogueStore {
    const { seals, clock, once, resourceOf } = this;
    if (seals === undefined) return this.state;
    const points = new PointSeals({ seals, clock, resourceOf });
    return new BelievingDocuments(this.state, points, new FindingNotes({ once, seals: points.dated, clock }));
  }

  get notes(): FindingNotes {
    const { seals, clock, once, resourceOf } = this;
    if (seals === undefined) throw new Error('expected a world with seals');
    return new FindingNotes({ once, seals: new DatedSeals({ seals, resourceOf }), clock });
  }

  /** One that writes, as a process of the app has it. */
  get writer(): FleetSummaries {
    const { clock, state, hsms } = this;
    return new FleetSummaries({ clock, state, hsms, scanSchedule: SCAN_SCHEDULE });
  }

  get call() {
    return { logger: this.logger, signal: NEVER };
  }

  round(): Promise<void> {
    return this.writer.round(this.call);
  }

  renew(hsm: string): Promise<void> {
    return this.writer.renew(hsm, this.call);
  }

  /** What the home page says of each HSM. */
  async home() {
    const { store, clock, hsms, seals, resourceOf } = this;
    const fleet = new FleetDocuments({ store, clock, hsms, nights: NIGHTS });
    await fleet.renew();
    const eventsOf = (hsm: string) => fleet.events(hsm);
    const summaries = new Summaries({ store: fleet, clock, seals, resourceOf, eventsOf });
    const losses = new Losses({
      auditStore: new MemoryAuditStore(clock),
      anchor: new MemoryAuditAnchor(),
      decisions: undefined,
    });
    const page = new HomePage({ store: fleet, summaries, losses, hsms, clock, nights: NIGHTS });
    const since = async (hsm: string) => (await summaries.head(hsm)).summary?.watchingSince;
    const row = new Nights({ store: fleet, clock, policy: NIGHTS, hsms, since });
    const [shown, nights] = await Promise.all([page.hsms(), row.list(30, clock.now())]);
    return { ...sentenceOf(shown), nights, hsms: new Map(shown.map((one) => [one.hsm, one])) };
  }

  /** What the home page says of an HSM. */
  async hsm(name: string): Promise<HomeHsm> {
    const found = (await this.home()).hsms.get(name);
    if (found === undefined) throw new Error(`expected an HSM ${name}`);
    return found;
  }

  /** What was read while `look` looked, by kind. */
  async readsOf(look: () => Promise<unknown>): Promise<Readonly<Record<string, number>>> {
    this.state.reads.length = 0;
    await look();
    const counts: Record<string, number> = {};
    for (const kind of this.state.reads) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  }

  /** A scan has seen the HSM, just now, and left its summary. */
  async scanned(hsm: string, change: Partial<SummaryHead> = {}): Promise<void> {
    const now = this.clock.now();
    const counts = { active: 2, covered: 2, excluded: 0, deleted: 0, restorable: 0, risks: 0, lost: 0 };
    const head: SummaryHead = {
      ...{ format: 1, hsm, judgedAt: now, staleAfter: now + 35 * MINUTE_MS, counts },
      ...{ risks: [], lost: [], deleted: [], damaged: 0, warnings: [], linesSha256: 'none' },
      ...change,
    };
    const seal = await this.#sealOf(datedSummary(head));
    await this.put({ kind: 'summary', hsm }, { ...head, ...seal }, '\n');
  }

  /** A run has ended, just now, that left its record and the note of its end. */
  async ran(hsm: string, change: Partial<LastRun> = {}): Promise<void> {
    const now = this.clock.now();
    const run = {
      ...{ format: 1, runId: '20261124T020000Z-nightly', state: 'succeeded', startedAt: now, endedAt: now },
      ...change,
    };
    const counts = { keys: 2, backedUp: 0, unchanged: 2, skipped: 0, vanished: 0, refused: 0, failed: 0 };
    const head = { parts: 1, retries: 0, throttles: 0, pace: { set: 8, last: 8 }, counts };
    const seal = await this.#sealOf({ purpose: 'run', hsm, facts: run });
    await this.put(
      { kind: 'run', hsm, runId: run.runId },
      { hsm, ...run, ...head, format: 2, ...seal },
      '\n',
    );
    await this.put({ kind: 'last-run', hsm }, { hsm, ...run, ...seal });
  }

  /** A verification has ended, just now. */
  async verified(hsm: string, damaged: Readonly<Record<string, number>> = {}): Promise<void> {
    const now = this.clock.now();
    const facts = {
      ...{ format: 1, runId: 'verify-1', startedAt: now, endedAt: now, checked: 2, bytes: 2, damaged },
      found: Object.keys(damaged).length,
    };
    await this.put(
      { kind: 'verify', hsm },
      { hsm, ...facts, ...(await this.#sealOf({ purpose: 'verification', hsm, facts })) },
    );
  }

  /** What the watch remembers. */
  async watched(hsm: string, change: object = {}): Promise<void> {
    const memory = {
      format: 1,
      hsm,
      keys: {},
      purges: {},
      conditions: {},
      outbox: [],
      refused: [],
      pins: [],
    };
    await this.put({ kind: 'watch', hsm }, { ...memory, ...change });
  }

  /** Writes a document, as somebody does who can write the container of the state. */
  async put(address: DocumentAddress, content: object, end = ''): Promise<void> {
    const before = await this.state.read(address);
    const guard = before === undefined ? 'absent' : { etag: before.etag };
    await this.state.write(address, JSON.stringify(content) + end, guard);
  }

  /** The stored parts of the first fifty HSMs. */
  async parts(): Promise<Record<string, Record<string, object>>> {
    const stored = await this.state.read(FIRST);
    return Object(JSON.parse(stored?.text ?? '{"hsms":{}}')).hsms;
  }

  /** Changes the parts, as somebody does who can write the container of the state. */
  async forge(change: (parts: Record<string, Record<string, object>>) => object): Promise<void> {
    await this.put(FIRST, { format: 1, hsms: change(await this.parts()) });
  }

  async #sealOf(dated: Parameters<DatedSeals['seal']>[0]): Promise<{ readonly seal?: Seal }> {
    const { seals, resourceOf } = this;
    if (seals === undefined) return {};
    const seal = await new DatedSeals({ seals, resourceOf }).seal(dated, this.logger);
    return seal === undefined ? {} : { seal };
  }
}

const FIRST = { kind: 'fleet-summary', place: 0 } as const;
