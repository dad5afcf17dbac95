/** Somebody who can write one container, or some of them, and does with its content whatever the choices say. */
import { sha256Hex } from '../../../src/core/sha256.ts';
import { chainEntry, entryLine, parseEntry } from '../../../src/features/audit/entry.ts';
import { requestDigest } from '../../../src/features/recovery/model/digest.ts';
import type { RecoveryRecord } from '../../../src/features/recovery/model/record.ts';
import { DAY_MS, person } from '../recovery-builders.ts';
import type { RecoveryWorld } from '../recovery-world.ts';
import type { Choice } from './choice.ts';
import { entriesOf, eventOf, linesOf, plantRequest, rewriteLog } from './forge-log.ts';
import { writeBackups } from './write-backups.ts';

/** What can be written. */
export type Container = 'state' | 'audit' | 'backups' | 'queue' | 'state and audit';

/** The attacker, who also keeps every content there ever was, to bring it back. */
export class Attacker {
  readonly #world: RecoveryWorld;
  readonly #states: Map<string, string>[] = [];
  readonly #logs: ReturnType<typeof contentsOf>[] = [];
  readonly #tips: RecoveryWorld['anchor']['tip'][] = [];

  constructor(world: RecoveryWorld) {
    this.#world = world;
  }

  /** Takes a copy of everything. */
  remember(): void {
    const { store, auditStore, anchor } = this.#world;
    this.#states.push(new Map([...store.documents].map(([name, { text }]) => [name, text])));
    this.#logs.push(contentsOf(auditStore));
    this.#tips.push(anchor.tip);
  }

  /** Does something to a container. What cannot be done, because there is nothing to do it to, is not done. */
  async act(container: Container, choice: Choice): Promise<void> {
    if (container === 'state') this.#writeState(choice);
    if (container === 'audit') this.#writeAudit(choice);
    if (container === 'backups') await writeBackups(this.#world, choice);
    if (container === 'queue') await this.#writeQueue(choice);
    if (container !== 'state and audit') return;
    this.#writeBoth(choice);
    await this.#writeQueue({ ...choice, what: 0 });
  }

  /** Puts state and log back together to what they were at one moment. */
  rollBack({ which }: Choice): void {
    const moment = which % Math.max(1, this.#states.length);
    const state = this.#states[moment];
    const log = this.#logs[moment];
    if (state === undefined || log === undefined) return;
    this.#world.store.documents.clear();
    for (const [name, text] of state) this.#put(name, text);
    this.#world.auditStore.contents.splice(0, Number.POSITIVE_INFINITY, ...log.map((one) => ({ ...one })));
    this.#world.anchor.tip = this.#tips[moment];
  }

  /** A log that is whole in itself, with what was never decided, and a stored request that it bears out. */
  #writeBoth({ what, which, how }: Choice): void {
    const entries = entriesOf(this.#world);
    const kept = which % (entries.length + 1);
    const seals = entries.flatMap(({ seal }) => seal ?? []);
    const seal = what % 3 === 0 ? seals[how % Math.max(1, seals.length)] : undefined;
    const key = how % 2 === 0 ? 'orders' : 'payroll';
    switch (what % 4) {
      case 0: {
        const id = String.fromCharCode(97 + (how % 26)).repeat(26);
        rewriteLog(this.#world, kept, linesOf(plantRequest(this.#world, key, id), [seal, seal, seal]));
        return;
      }
      case 1: {
        // Whatever was decided is said again from some line on, without what people took back.
        const rest = entries
          .slice(kept)
          .filter(({ event }) => !/rejected|cancelled|started|resumed/.test(event));
        rewriteLog(
          this.#world,
          kept,
          rest.map((entry) => ({ event: eventOf(entry), seal: what % 8 === 1 ? entry.seal : undefined })),
        );
        this.#writeState({ what: 6, which, how });
        return;
      }
      case 2: {
        this.#writeState({ what: 3 + (how % 2), which, how });
        const names = [...this.#world.store.documents.keys()].filter((name) => name.startsWith('recovery/'));
        const name = names[which % Math.max(1, names.length)];
        if (name === undefined) return;
        const record: RecoveryRecord = JSON.parse(this.#world.store.documents.get(name)?.text ?? '{}');
        const lines = linesOf(record, [seal, seal, seal]);
        const all = entries.map((entry) => ({ event: eventOf(entry), seal: entry.seal }));
        rewriteLog(this.#world, entries.length, how % 3 === 0 ? lines : [...lines.slice(1)]);
        if (how % 5 === 0) rewriteLog(this.#world, 0, [...all, ...lines]);
        return;
      }
      case 3:
        this.rollBack({ what, which, how });
        this.#writeAudit({ what: 4 + (how % 2), which, how });
    }
  }

  #put(name: string, text: string): void {
    this.#world.store.documents.set(name, { text, etag: `"attacker ${sha256Hex(text).slice(0, 8)}"` });
  }

  #writeState({ what, which, how }: Choice): void {
    const { store, anchor, clock } = this.#world;
    const names = [...store.documents.keys()].filter((name) => name.startsWith('recovery/'));
    const name = names[which % Math.max(1, names.length)];
    const earlier = this.#states[how % Math.max(1, this.#states.length)];
    if (what % 12 === 9) anchor.tip = this.#tips[how % Math.max(1, this.#tips.length)];
    if (what % 12 === 10) anchor.tip = undefined;
    if (name === undefined) return;
    const record: RecoveryRecord = JSON.parse(store.documents.get(name)?.text ?? '{}');
    const forged = (change: Partial<RecoveryRecord>, redigest = true): void => {
      const altered = { ...record, ...change };
      const digest = redigest ? requestDigest(altered) : altered.digest;
      const approvals = altered.approvals.map((approval) => ({ ...approval, digest }));
      this.#put(`recovery/${altered.id}`, JSON.stringify({ ...altered, digest, approvals, untold: [] }));
    };
    const by = (id: string) => ({ by: person(id), groups: [], digest: record.digest, at: clock.now() - 1 });
    const { claim: _c, outcome: _o, endedAt: _e, ...open } = record;
    switch (what % 12) {
      case 0:
        if (earlier?.has(name)) this.#put(name, earlier.get(name) ?? '');
        return;
      case 1:
        store.documents.delete(name);
        return;
      case 2:
        forged({ id: String.fromCharCode(97 + (how % 26)).repeat(26) });
        return;
      case 3:
        forged({ state: 'approved', approvals: [by('mallory'), by('trudy')], facts: 9, audited: 9 });
        return;
      case 4:
        forged({ state: 'approved', rule: { approvals: 1, groups: [] }, approvals: [by('mallory')] });
        return;
      case 5:
        forged(
          { operation: { ...record.operation, key: how % 2 === 0 ? 'payroll' : 'ORDERS' } },
          how % 3 > 0,
        );
        return;
      case 6:
        this.#put(name, JSON.stringify({ ...open, state: 'approved' }));
        return;
      case 7:
        forged({
          approvals: record.approvals.flatMap((one) => [
            one,
            { ...one, by: person(one.by.id.toUpperCase()) },
          ]),
        });
        return;
      case 8:
        forged(
          { expiresAt: record.expiresAt + 10 * DAY_MS, createdAt: record.createdAt + how },
          how % 2 === 0,
        );
        return;
      case 11:
        this.#put(
          name,
          JSON.stringify({
            ...record,
            state: 'succeeded',
            outcome: { result: 'succeeded', step: 'done', message: 'fine', verified: 9, warnings: [] },
            facts: record.facts + 1,
            untold: [{ n: record.facts + 1, kind: 'succeeded', at: 1, by: person('mallory') }],
          }),
        );
    }
  }

  #writeAudit({ what, which, how }: Choice): void {
    const { auditStore, once, store } = this.#world;
    const lines = auditStore.lines.length;
    const at = which % Math.max(1, lines);
    const records = [...store.documents].filter(([name]) => name.startsWith('recovery/'));
    const record: RecoveryRecord | undefined =
      JSON.parse(records[which % Math.max(1, records.length)]?.[1].text ?? 'null') ?? undefined;
    const chained = (event: string, actor: string, digest: string): void =>
      auditStore.rewrite((all) => {
        const last = parseEntry(all.at(-1) ?? '');
        if (last === undefined || record === undefined) return all;
        const said = {
          event,
          actor: person(actor),
          decision: 'allowed',
          recoveryId: record.id,
          digest,
        } as const;
        return [...all, entryLine(chainEntry(last, said, last.at, last.at)).trimEnd()];
      });
    switch (what % 11) {
      case 0:
        auditStore.rewrite((all) => all.filter((_, index) => index !== at));
        return;
      case 1:
        auditStore.rewrite((all) => all.flatMap((line, index) => (index === at ? [line, line] : [line])));
        return;
      case 2:
        auditStore.rewrite((all) => all.toReversed());
        return;
      case 3:
        auditStore.rewrite((all) => all.map((line) => line.replaceAll('alice', 'mallo')));
        return;
      case 4:
        chained('recovery-approval-given', how % 2 === 0 ? 'mallory' : 'trudy', record?.digest ?? '');
        return;
      case 5:
        chained('recovery-requested', 'mallory', sha256Hex(String(how)));
        return;
      case 6: {
        const log = this.#logs[how % Math.max(1, this.#logs.length)];
        if (log !== undefined)
          auditStore.contents.splice(0, Number.POSITIVE_INFINITY, ...log.map((one) => ({ ...one })));
        return;
      }
      case 7:
        auditStore.contents.length = 0;
        return;
      case 8:
        if (
          record !== undefined &&
          !once.texts.has(`claims/${record.id}/${how % 2 === 0 ? 'begun' : 'acted'}.json`)
        ) {
          const { id, digest } = record;
          const text =
            how % 2 === 0 ? { format: 1, id, digest, worker: 'mallory' } : { format: 1, id, digest };
          once.texts.set(`claims/${id}/${how % 2 === 0 ? 'begun' : 'acted'}.json`, JSON.stringify(text));
        }
        return;
      case 9:
        once.texts.set(`breaches/${how}.json`, 'junk');
        return;
      case 10:
        auditStore.rewrite((all) => [...all, 'junk']);
    }
  }

  async #writeQueue({ what, which, how }: Choice): Promise<void> {
    const ids = [...this.#world.store.documents.keys()].map((name) => name.replace('recovery/', ''));
    const id = ids[which % Math.max(1, ids.length)] ?? 'x'.repeat(26);
    const many = what % 3 === 0 ? [id] : [id, ids[how % Math.max(1, ids.length)] ?? id, id];
    await Promise.all(many.map((one) => this.#world.deliver(one).catch(() => undefined)));
  }
}

function contentsOf({ contents }: RecoveryWorld['auditStore']) {
  return contents.map((content) => ({ ...content }));
}
