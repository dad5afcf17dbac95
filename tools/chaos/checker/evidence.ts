/** What the checker judges: the state at the end, as HSMs, storage account and topic show it. Plain data, so that it can be recorded. */

/** Where the checker looks. */
export interface WhereEverythingIs {
  readonly hsms: readonly { readonly name: string; readonly url: string; readonly token: string }[];
  /** An HSM of the same security domain, empty, for trying backups. */
  readonly rehearsal: { readonly name: string; readonly url: string; readonly token: string };
  readonly blobUrl: string;
  readonly queueUrl: string;
  readonly storageToken: string;
  readonly caPem: string;
  /** File with a JSON array of log records in each line. */
  readonly hsmLog: string;
  readonly events: readonly SeenEvent[];
  readonly acts: readonly SeenAct[];
  /** What did not end in time during the campaign. */
  readonly hung: readonly string[];
}

/** A version of a key: its id, and its public key as text where it has one. */
export interface SeenVersion {
  readonly id: string;
  readonly publicKey: string;
}

/** An active key with its versions, newest last. */
export interface SeenKey {
  readonly hsm: string;
  readonly key: string;
  readonly versions: readonly SeenVersion[];
}

/** A blob in the container of the backups; `restored` says what came of a restore where one was tried. */
export interface SeenBackup {
  readonly blob: string;
  readonly hsm: string;
  readonly key: string;
  readonly runId: string;
  readonly capturedAt: number;
  /** One without a seal is no recovery point: it was stored while the sealing key was out of reach. */
  readonly sealed: boolean;
  /** Whether the bytes have the hash that the metadata claims; undefined where they were not read. */
  readonly intact?: boolean;
  readonly restored?: { readonly key: string; readonly versions: readonly SeenVersion[] } | 'refused';
}

/** The newest good backup of a key as the product's catalogue has it. */
export interface SeenEntry {
  readonly hsm: string;
  readonly key: string;
  readonly blob: string;
}

/** A run as its record has it: when it began and ended, the blobs it made, and the keys that it calls unchanged. */
export interface SeenRun {
  readonly hsm: string;
  readonly runId: string;
  readonly state: string;
  readonly claimed: number;
  readonly lines: number;
  readonly backedUp: readonly string[];
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly unchanged: readonly string[];
}

/** A record of an HSM's log: a call that succeeded. */
export interface SeenCall {
  readonly at: number;
  readonly hsm: string;
  readonly operation: string;
  /** Empty where the address names none. */
  readonly key: string;
  readonly by: string;
}

/** A key that was seen, on the wire, to be brought back. */
export interface SeenAct {
  readonly at: number;
  readonly hsm: string;
  readonly key: string;
  readonly action: 'restore' | 'recover';
  readonly by: string;
}

/** An event that the topic took. */
export interface SeenEvent {
  readonly id: string;
  readonly type: string;
  readonly subject?: string | undefined;
  readonly time?: string | undefined;
  readonly data?: unknown;
}

/** A recovery request as its document has it. */
export interface SeenRecovery {
  readonly id: string;
  readonly state: string;
  readonly action: string;
  readonly target: string;
  readonly key: string;
  readonly requester: string;
}

/** Everything. */
export interface Evidence {
  readonly keys: readonly SeenKey[];
  readonly deleted: readonly { readonly hsm: string; readonly key: string }[];
  readonly backups: readonly SeenBackup[];
  readonly catalogue: readonly SeenEntry[];
  readonly runs: readonly SeenRun[];
  /** The audit log's parts in order, and what remembers its end. */
  readonly auditParts: readonly string[];
  readonly auditEnd: { readonly seq: number; readonly hash: string } | undefined;
  readonly recoveries: readonly SeenRecovery[];
  readonly calls: readonly SeenCall[];
  readonly acts: readonly SeenAct[];
  readonly events: readonly SeenEvent[];
  /** Messages that wait, by queue; those set aside, with their text. */
  readonly waiting: Readonly<Record<string, number>>;
  readonly setAside: readonly { readonly queue: string; readonly id: string }[];
  /** Rights that somebody still holds. */
  readonly leased: readonly string[];
  readonly hung: readonly string[];
}

/** Who is who in a campaign: facts of the world, written down here a second time so that nothing of the product is asked. */
export const IDENTITIES = {
  backup: '5d0f7c1e-6a43-4d0c-9a57-3f2b8f0d7c11',
  recovery: 'a3f86b1d-2e94-4c57-b0d6-7e1c5a9f4d22',
} as const;

/** The groups of whose people one each must approve. */
export const APPROVERS: Readonly<Record<string, string>> = {
  'b0b00000-0000-4000-8000-000000000002': 'security',
  'ca501000-0000-4000-8000-000000000003': 'key-owner',
};
