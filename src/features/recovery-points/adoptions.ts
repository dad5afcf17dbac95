/** Backups without a seal that people decided to believe, one by one: each decision is sealed, so the document may lie anywhere. */
import { z } from 'zod';
import { canonicalDigest } from '../../core/canonical-json.ts';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import type { DocumentType } from '../../core/documents/document-type.ts';
import { readDocument, updateDocument } from '../../core/documents/update-document.ts';
import type { BackupRecord } from '../../core/model/backup-record.ts';
import type { Clock } from '../../core/ports.ts';
import { Seal } from '../../core/seal/seal.ts';
import type { DecisionFacts } from '../audit/line-seals.ts';

const Digest = z.string().regex(/^[0-9a-f]{64}$/);

/** One decision: which blob, which version of it where the store keeps any, and by which approved request. */
export const Adoption = z.strictObject({
  blob: z.string().min(1),
  versionId: z.string().exactOptional(),
  recoveryId: z.string(),
  /** By the key of the recovery app. */
  seal: Seal,
});
export type Adoption = z.infer<typeof Adoption>;

/** By the digest of the facts that were believed. */
const Adoptions = z.strictObject({
  format: z.literal(1),
  hsm: z.string(),
  adopted: z.record(Digest, Adoption),
});

const ADOPTIONS: DocumentType<'adoptions', z.infer<typeof Adoptions>> = {
  kind: 'adoptions',
  schema: Adoptions,
  name: ({ hsm }) => `The list of adopted backups of HSM ${hsm}`,
  advice: 'Adopt them again: hsm-warden seal adopt.',
  check: (value, { hsm }) => (value.hsm === hsm ? undefined : `it says it is of ${value.hsm}`),
  // Whoever damages it takes the adopted backups away, and nothing else: the sealed ones still count.
  expendable: true,
};

/** For so long what was read is believed: a list of backups must not read it for each. */
const FRESH_MS = 10_000;

/** All of a record but its seal and the HSM's name in the settings, for which `resource` stands. */
export function adoptionFacts(
  resource: string,
  { seal: _seal, hsm: _name, ...facts }: BackupRecord,
  { blob, versionId, recoveryId }: Omit<Adoption, 'seal'>,
): DecisionFacts {
  return { kind: 'adoption', content: { resource, facts, blob, versionId, recoveryId } };
}

/** What is decided about: every fact beside the backup. */
export function factsDigest({ seal: _seal, ...facts }: BackupRecord): string {
  return canonicalDigest(facts);
}

/** The adopted backups of the HSMs of the settings. One for each process. */
export class AdoptedBackups {
  readonly #deps: {
    readonly store: DocumentStore;
    readonly clock: Clock;
    readonly hsmNames: readonly string[];
  };
  #known: { readonly at: number; readonly adopted: ReadonlyMap<string, Adoption> } | undefined;

  constructor(deps: {
    readonly store: DocumentStore;
    readonly clock: Clock;
    readonly hsmNames: readonly string[];
  }) {
    this.#deps = deps;
  }

  /** By {@link factsDigest}, as of ten seconds ago at the most. What it says counts by its seals only. May fail with the storage codes. */
  async read(signal?: AbortSignal): Promise<ReadonlyMap<string, Adoption>> {
    const { store, clock, hsmNames } = this.#deps;
    const now = clock.now();
    const known = this.#known;
    if (known !== undefined && now >= known.at && now - known.at < FRESH_MS) return known.adopted;
    const read = hsmNames.map((hsm) => readDocument(store, ADOPTIONS, { kind: 'adoptions', hsm }, signal));
    const lists = await Promise.all(read);
    const adopted = new Map(lists.flatMap(({ value }) => Object.entries(value?.adopted ?? {})));
    this.#known = { at: now, adopted };
    return adopted;
  }

  /** Keeps a decision. May fail with the storage codes. */
  async add(record: BackupRecord, adoption: Adoption): Promise<void> {
    const { hsm } = record;
    const address = { kind: 'adoptions', hsm } as const;
    await updateDocument(this.#deps.store, ADOPTIONS, address, (list) => ({
      format: 1 as const,
      hsm,
      adopted: { ...list?.adopted, [factsDigest(record)]: adoption },
    }));
    this.#known = undefined;
  }
}
