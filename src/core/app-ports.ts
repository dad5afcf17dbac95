/** What the platform gives a feature for one call: the ports it works through. */
import type { DocumentStore } from './documents/document-store.ts';
import type { EventBus } from './events/bus.ts';
import type {
  BackupPins,
  BackupStore,
  Clock,
  DeadLetters,
  KeyService,
  Leases,
  Logger,
  Pacer,
  WorkQueue,
} from './ports.ts';
import type { Serializer } from './serializer.ts';

/** One HSM of the settings, with what belongs to it alone. */
export interface Hsm {
  readonly name: string;
  /** What seals name it by. */
  readonly resource: string;
  readonly keys: KeyService;
  /** The pace on the HSM, which all processes share. */
  readonly pacer: Pacer;
  /** The same for work that must not wait behind a run: a change, a key that came back. */
  readonly urgentPacer: Pacer;
  /** Key backups a second as the settings say; the pacer may be slower for a while. */
  readonly pace: number;
  /** What is wrong with its settings: whatever is asked of its keys fails. A sentence without its full stop. */
  readonly fault?: string;
}

/** The HSMs of the settings, and those that people added. */
export interface HsmRegistry {
  readonly names: readonly string[];
  /** Those whose settings are valid. */
  readonly usable: readonly string[];
  /** Those that no setting names: people added them. */
  readonly added: readonly string[];
  /** Fails with `hsm-unknown`. */
  get(name: string): Hsm;
}

/** The ports of one call. */
export interface AppPorts {
  readonly hsms: HsmRegistry;
  readonly state: DocumentStore;
  readonly leases: Leases;
  readonly queue: WorkQueue;
  readonly deadLetters: DeadLetters;
  readonly backups: BackupStore & BackupPins;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Fires when the app is to stop. */
  readonly signal: AbortSignal;
  /** Saves documents of megabytes one at a time, for the whole process. */
  readonly saves: Serializer;
  /** Hears of progress, for whoever watches in this process. */
  readonly onProgress: (progress: unknown) => void;
  /** Hears that what is stored of an HSM says something new beside its scans: a run has ended, a backup is damaged. */
  readonly onNews?: (hsm: string) => Promise<void>;
}
