/** What the pages of the console show, each as one answer. */
import { definedOnly } from '../../core/defined-only.ts';
import { isWardenError } from '../../core/errors.ts';
import type { BackupStore, Clock } from '../../core/ports.ts';
import type { Seals } from '../../core/seal/seals.ts';
import { Shared } from '../../core/shared.ts';
import { DAY_MS, epochOf, isoTime } from '../../core/time.ts';
import type { AuditAnchor, AuditStore } from '../audit/audit-log.ts';
import type { DecisionSeals } from '../audit/line-seals.ts';
import { FleetDocuments } from '../fleet-summary/fleet-documents.ts';
import type { Caller } from '../recovery/access/caller.ts';
import type { RecoveryApp } from '../recovery/app.ts';
import type { CatalogueStore } from '../recovery-points/catalogue.ts';
import { type AuditPage, type AuditQuery, searchAudit } from './audit-search.ts';
import { type DrillQuery, listDrills } from './drills.ts';
import { HomePage, sentenceOf } from './home.ts';
import { readInbox } from './inbox.ts';
import { findKey, type KeyQuery, type ListDeps, listKeys, unknownHsm } from './key-list.ts';
import { tellStory } from './key-story.ts';
import { KnownRequests } from './known-requests.ts';
import { Losses } from './losses.ts';
import type { NightPolicy } from './missing-runs.ts';
import type { DrillPage } from './model/drills.ts';
import type { Home, HomeHsm } from './model/home.ts';
import type { KeyPage, KeyStory } from './model/keys.ts';
import type { Night, NightDetail } from './model/nights.ts';
import type { Inbox, SignInConfig } from './model/people.ts';
import type { SettingsView } from './model/settings.ts';
import { type NightQuery, Nights } from './nights.ts';
import { heldUpOf, readReceivers } from './receivers.ts';
import { liveByKey } from './requests.ts';
import { Summaries } from './summaries.ts';

/** Many people read it at the same time; what is stored is read once for all of them. */
const FRESH_MS = 2_000;
const STRIP_DAYS = 30;

/** What the console is made from. */
export interface ConsoleDeps {
  readonly store: CatalogueStore;
  readonly backups: BackupStore;
  readonly auditStore: AuditStore;
  readonly anchor: Pick<AuditAnchor, 'read'>;
  /** Judges acknowledgements, where decisions are sealed. */
  readonly decisions: Pick<DecisionSeals, 'judge'> | undefined;
  readonly clock: Clock;
  readonly seals: Seals | undefined;
  readonly nights: NightPolicy;
  readonly hsms: readonly {
    readonly name: string;
    readonly url: string;
    readonly resource: string;
    /** Why it cannot be used: a sentence. */
    readonly fault?: string;
  }[];
  /** Why HSMs may be unknown that people added, in sentences. */
  readonly fleetDoubt?: () => string | undefined;
  /** Within how many days drills are to prove each key. */
  readonly drillDays: number;
  /** What a page needs to let somebody sign in. */
  readonly signIn: SignInConfig;
  /** What is configured, without the gate. */
  readonly settings: Omit<SettingsView, 'gate' | 'receivers' | 'fleetDoubt'>;
  /** The names of the channels to people. */
  readonly channels: readonly string[];
}

/** The part of the recovery that the console asks. */
export type ConsoleRecovery = Pick<
  RecoveryApp,
  'list' | 'gateVerdict' | 'standing' | 'findings' | 'incidents' | 'rearmings'
>;

/** One per process. */
export class Console {
  readonly #deps: ConsoleDeps;
  readonly #resourceOf: (hsm: string) => string | undefined;
  /** What the home page is made from: of a fleet one document for fifty HSMs. */
  readonly #fleet: FleetDocuments;
  readonly #summaries: Summaries;
  readonly #losses: Losses;
  readonly #home: HomePage;
  readonly #nights: Nights;
  /** The row of nights on the home page. */
  readonly #row: Nights;
  readonly #requests: KnownRequests;
  readonly #gate: Shared<Awaited<ReturnType<ConsoleRecovery['gateVerdict']>>>;
  readonly #stored: Shared<{ readonly hsms: HomeHsm[] } & Pick<Home, 'channels' | 'nights'>>;

  constructor(deps: ConsoleDeps) {
    const resources = new Map(deps.hsms.map(({ name, resource }) => [name, resource]));
    this.#deps = deps;
    this.#resourceOf = (hsm) => resources.get(hsm);
    const faults = new Map(deps.hsms.map(({ name, fault }) => [name, fault]));
    const summarized = {
      ...deps,
      resourceOf: this.#resourceOf,
      faultOf: (hsm: string) => faults.get(hsm),
    };
    this.#summaries = new Summaries(summarized);
    const fleet = new FleetDocuments({ ...deps, hsms: this.#names });
    this.#fleet = fleet;
    this.#losses = new Losses(deps);
    const shared = new Summaries({ ...summarized, store: fleet, eventsOf: (hsm) => fleet.events(hsm) });
    this.#home = new HomePage({ ...deps, ...this.#listed, store: fleet, summaries: shared });
    this.#nights = this.#nightsIn(deps.store, this.#summaries);
    this.#row = this.#nightsIn(fleet, shared);
    this.#requests = new KnownRequests(deps.clock, FRESH_MS);
    this.#gate = new Shared(deps.clock, FRESH_MS);
    this.#stored = new Shared(deps.clock, FRESH_MS);
  }

  /** What a page needs to let somebody sign in. */
  get signIn(): SignInConfig {
    return this.#deps.signIn;
  }

  /** The home page. Fails with the storage codes. */
  async home(recovery: ConsoleRecovery): Promise<Home> {
    const now = this.#deps.clock.now();
    const [{ hsms, channels, nights }, gate, requests] = await Promise.all([
      this.#stored.get(() => this.#readStored(now)),
      this.#gate.get(() => recovery.gateVerdict()),
      this.#requests.forHome(recovery),
    ]);
    const { armed, problems } = gate;
    const fleetDoubt = this.#deps.fleetDoubt?.();
    return {
      now: isoTime(now),
      ...sentenceOf(hsms, fleetDoubt),
      ...definedOnly({ fleetDoubt }),
      gate: { armed, problems: [...problems] },
      hsms,
      ...requests,
      channels,
      nights,
    };
  }

  /** A page of keys. Fails with `hsm-unknown`. */
  async keys(recovery: ConsoleRecovery, query: KeyQuery): Promise<KeyPage> {
    const { items: open, unknown } = await this.#requests.open(recovery);
    const page = await listKeys(this.#listed, query, liveByKey(open));
    return { ...page, unknown: [...page.unknown, ...unknown] };
  }

  /** The page of one key. Fails with `hsm-unknown` or `key-not-found`. */
  async key(
    recovery: ConsoleRecovery,
    place: { readonly hsm: string; readonly key: string },
  ): Promise<KeyStory> {
    const { items: open, unknown: unread } = await this.#requests.open(recovery);
    const { line, asOf, trouble } = await findKey(this.#listed, place, liveByKey(open));
    const { items, unknown } = await this.#requests.ofKey(recovery, { hsm: place.hsm, key: line.key });
    const believe = { seals: this.#deps.seals, resourceOf: this.#resourceOf };
    const story = await tellStory({ ...this.#deps, believe }, { hsm: place.hsm, key: line.key }, items);
    return {
      line,
      asOf,
      ...story,
      unknown: [...new Set([...story.unknown, ...unread, ...unknown, ...trouble])],
    };
  }

  /** What waits for `caller`, soonest first. Fails with nothing but faults of ours: what cannot be read is said. */
  inbox(recovery: ConsoleRecovery, caller: Caller): Promise<Inbox> {
    return readInbox(this.#requests, recovery, caller);
  }

  /** Nights before `before` (a day, not among them), newest first. Fails with the storage codes. */
  async nights(
    days: number,
    before: string | undefined,
  ): Promise<{ readonly items: Night[]; readonly next: string }> {
    const until = before === undefined ? this.#deps.clock.now() : epochOf(`${before}T00:00:00Z`) - 1;
    const items = (await this.#nights.list(days, until)).reverse();
    return { items, next: items.at(-1)?.date ?? isoTime(until - days * DAY_MS).slice(0, 10) };
  }

  /** One run. Fails with `run-unknown`, `state-corrupt` or a storage code. */
  night(query: NightQuery): Promise<NightDetail> {
    return this.#nights.detail(query);
  }

  /** What drills have proven. Fails with `hsm-unknown`. */
  async drills(query: DrillQuery): Promise<DrillPage> {
    const { store, seals, clock, drillDays: days } = this.#deps;
    if (query.hsm !== undefined && !this.#names.includes(query.hsm)) throw unknownHsm(query.hsm);
    const believe = { seals, resourceOf: this.#resourceOf };
    return listDrills(store, believe, this.#names, query, { now: clock.now(), days });
  }

  /** A page of the audit log, newest first. Fails with the storage codes. */
  audit(query: AuditQuery): Promise<AuditPage> {
    return searchAudit(this.#deps.auditStore, this.#deps.anchor, query);
  }

  /** What is configured. */
  async settings(recovery: ConsoleRecovery): Promise<SettingsView> {
    const { store, channels, clock } = this.#deps;
    const [{ armed, override, checkedAt, problems }, receivers] = await Promise.all([
      recovery.gateVerdict(),
      readReceivers(store, channels, clock.now()),
    ]);
    return {
      ...this.#deps.settings,
      ...definedOnly({ fleetDoubt: this.#deps.fleetDoubt?.() }),
      gate: { armed, override, checkedAt: isoTime(checkedAt), problems: [...problems] },
      receivers,
    };
  }

  /** What keys are listed from. */
  get #listed(): ListDeps {
    return { summaries: this.#summaries, losses: this.#losses, hsms: this.#names };
  }

  #nightsIn(store: CatalogueStore, summaries: Summaries): Nights {
    const { nights: policy, clock } = this.#deps;
    return new Nights({ store, clock, policy, hsms: this.#names, since: (hsm) => sinceOf(summaries, hsm) });
  }
  get #names(): readonly string[] {
    return this.#deps.hsms.map(({ name }) => name);
  }

  async #readStored(now: number) {
    const { store, channels } = this.#deps;
    await this.#fleet.renew();
    const [hsms, nights, receivers] = await Promise.all([
      this.#home.hsms(),
      this.#row.list(STRIP_DAYS, now),
      readReceivers(store, channels, now),
    ]);
    return { hsms, nights, channels: heldUpOf(receivers) };
  }
}

/** Since when an HSM is watched; where its summary cannot be read, its runs have to say. */
async function sinceOf(summaries: Summaries, hsm: string): Promise<number | undefined> {
  try {
    return (await summaries.head(hsm)).summary?.watchingSince;
  } catch (error) {
    if (!isWardenError(error, 'state-corrupt')) throw error;
    return undefined;
  }
}
