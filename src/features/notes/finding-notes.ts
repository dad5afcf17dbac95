/** The notes of an HSM: those with a good seal are known for good, whatever becomes of the state. */
import { forEachConcurrently } from '../../core/concurrency.ts';
import { WardenError } from '../../core/errors.ts';
import { RESERVED_FOLDERS } from '../../core/model/names.ts';
import type { OnceStore } from '../../core/once-store.ts';
import type { Clock, Logger } from '../../core/ports.ts';
import type { DatedSeals } from '../../core/seal/dated-seals.ts';
import { NamedSerializers } from '../../core/serializer.ts';
import { sha256Hex } from '../../core/sha256.ts';
import { datedNote, factsOf, type LossFacts, type NoteFacts, parseNote } from './note.ts';

/** For so long what was read is believed: a scan and its summary need one list. */
const FRESH_MS = 10_000;
/** Notes written by one call, each with a signature: the rest is left to the next scan. */
const MOST_AT_ONCE = 100;
/** More than so many nobody finds: who plants them must not keep a scan from its end. */
const MOST = 10_000;
const READS_AT_ONCE = 16;
/** Hex digits of a name. Of its whole text, seal included: nobody can take the name before the note is there. */
const MARK_LENGTH = 32;

/** What is noted of an HSM. */
export interface KnownNotes {
  readonly losses: readonly LossFacts[];
  /** The damaged backups by name, with the time that was noticed: those not noted as sound since. Epoch milliseconds. */
  readonly damaged: ReadonlyMap<string, number>;
  /** What lies there without a good seal. */
  readonly ignored: readonly { readonly name: string; readonly why: string }[];
}

/** What {@link FindingNotes} work with. */
interface FindingNotesDeps {
  /** In the container of the backups. */
  readonly once: OnceStore;
  readonly seals: Pick<DatedSeals, 'judge' | 'seal'>;
  readonly clock: Clock;
}

type Judged = { readonly facts: NoteFacts } | { readonly why: string };

/** One for each process. Notes are written once: each is read and verified once. */
export class FindingNotes {
  readonly #deps: FindingNotesDeps;
  readonly #judged = new Map<string, Judged>();
  readonly #known = new Map<string, { readonly at: number; readonly notes: KnownNotes }>();
  readonly #readers = new NamedSerializers();
  readonly #writers = new NamedSerializers();

  constructor(deps: FindingNotesDeps) {
    this.#deps = deps;
  }

  /**
   * The notes of an HSM, as of ten seconds ago at the most. Fails with `seal-unavailable` when the pinned keys cannot be read, with
   * `state-corrupt` when there are more than anybody finds, with the storage codes and the reason of `signal`: then what was found
   * before is not known.
   */
  async read(hsm: string, signal?: AbortSignal): Promise<KnownNotes> {
    // Of several scans of a process that has just started one reads, and the others wait for what it finds.
    return (
      this.#fresh(hsm) ?? this.#readers.run(hsm, async () => this.#fresh(hsm) ?? this.#read(hsm, signal))
    );
  }

  /** The HSMs of which anything is noted, also without a good seal: one list for all of them. Fails with the storage codes. */
  async hsms(signal?: AbortSignal): Promise<ReadonlySet<string>> {
    const folder = `${RESERVED_FOLDERS.findings}/`;
    const names = await this.#deps.once.list(folder, signal);
    return new Set(names.map((name) => name.slice(folder.length).split('/', 1).join('')));
  }

  #fresh(hsm: string): KnownNotes | undefined {
    const now = this.#deps.clock.now();
    const known = this.#known.get(hsm);
    return known !== undefined && now >= known.at && now - known.at < FRESH_MS ? known.notes : undefined;
  }

  async #read(hsm: string, signal: AbortSignal | undefined): Promise<KnownNotes> {
    const names = await this.#deps.once.list(folderOf(hsm), signal);
    if (names.length > MOST) throw tooMany(hsm);
    await this.#judge(hsm, names, signal);
    return this.#remember(hsm, names);
  }

  /**
   * Notes for good what is not noted yet, and returns how many notes are still to be written: while the sealing key is away, and
   * beyond a hundred, which is logged. Fails as {@link read}.
   */
  async keep(
    hsm: string,
    found: readonly NoteFacts[],
    logger: Pick<Logger, 'warn'>,
    signal?: AbortSignal,
  ): Promise<number> {
    if (found.length === 0 || missingIn(await this.read(hsm, signal), found).length === 0) return 0;
    // Two scans find the same loss: the second then reads what the first has noted, and a name is no hindrance to either.
    return this.#writers.run(hsm, () => this.#write(hsm, found, logger, signal));
  }

  async #write(
    hsm: string,
    found: readonly NoteFacts[],
    logger: Pick<Logger, 'warn'>,
    signal: AbortSignal | undefined,
  ): Promise<number> {
    const { once, seals } = this.#deps;
    // What was believed for some seconds is not enough to write by.
    const missing = missingIn(await this.#read(hsm, signal), found);
    let written = 0;
    for (const facts of missing.slice(0, MOST_AT_ONCE)) {
      const seal = await seals.seal(datedNote(hsm, facts), logger, signal);
      if (seal === undefined) break;
      const text = JSON.stringify({ format: 1, hsm, ...facts, seal });
      const name = `${folderOf(hsm)}${facts.kind}-${markOf(text)}.json`;
      await once.write(name, text, signal);
      this.#judged.set(name, { facts });
      written += 1;
    }
    const left = missing.length - written;
    if (left > 0) logger.warn('findings are not noted for good yet', { hsm, left });
    if (written > 0) this.#known.delete(hsm);
    return left;
  }

  async #judge(hsm: string, names: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    const { once, seals } = this.#deps;
    const fresh = names.filter((name) => !this.#judged.has(name));
    if (fresh.length === 0) return;
    const judge = await seals.judge(signal);
    await forEachConcurrently(fresh, READS_AT_ONCE, async (name) => {
      const note = parseNote((await once.read(name, signal)) ?? '');
      this.#judged.set(name, judgeNote(note));
    });

    function judgeNote(note: ReturnType<typeof parseNote>): Judged {
      if (note === undefined) return { why: 'it is no note of a format that is known' };
      if (note.hsm !== hsm) return { why: `it says it is of ${note.hsm}` };
      const facts = factsOf(note);
      const verdict = judge(datedNote(hsm, facts), note.seal);
      return verdict.good ? { facts } : { why: verdict.why };
    }
  }

  #remember(hsm: string, names: readonly string[]): KnownNotes {
    const losses: LossFacts[] = [];
    const newest = new Map<string, { readonly isDamage: boolean; readonly at: number }>();
    const ignored: { name: string; why: string }[] = [];
    for (const name of names) {
      const judged = this.#judged.get(name);
      if (judged === undefined) continue;
      if ('why' in judged) ignored.push({ name, why: judged.why });
      else if (judged.facts.kind === 'loss') losses.push(judged.facts);
      else {
        const { kind, blob, noticedAt: at } = judged.facts;
        const isDamage = kind === 'damage';
        const last = newest.get(blob);
        // Of two of one time the damage counts.
        if (last === undefined || last.at < at || (last.at === at && isDamage))
          newest.set(blob, { isDamage, at });
      }
    }
    const damaged = new Map(
      [...newest].flatMap(([blob, { isDamage, at }]) => (isDamage ? [[blob, at] as const] : [])),
    );
    const notes = { losses, damaged, ignored };
    this.#known.set(hsm, { at: this.#deps.clock.now(), notes });
    return notes;
  }
}

function missingIn(known: KnownNotes, found: readonly NoteFacts[]): readonly NoteFacts[] {
  return found.filter((facts) => !isNoted(known, facts));
}

function isNoted({ losses, damaged }: KnownNotes, facts: NoteFacts): boolean {
  switch (facts.kind) {
    case 'loss':
      return losses.some(
        ({ key, lost, noticedAt }) =>
          key === facts.key && lost === facts.lost && noticedAt === facts.noticedAt,
      );
    case 'damage':
      return damaged.has(facts.blob);
    case 'sound':
      return !damaged.has(facts.blob);
  }
}

function folderOf(hsm: string): string {
  return `${RESERVED_FOLDERS.findings}/${hsm}/`;
}

function markOf(text: string): string {
  return sha256Hex(text).slice(0, MARK_LENGTH);
}

function tooMany(hsm: string): WardenError {
  return new WardenError('state-corrupt', {
    message: `There are more than ${MOST} notes of findings of HSM ${hsm}: somebody has planted some.`,
    advice: `Find out who wrote the blobs ${folderOf(hsm)} in the container of the backups; what was found before is not known until the others are gone.`,
    hsm,
  });
}
