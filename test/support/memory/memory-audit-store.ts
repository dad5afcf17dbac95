/** The audit log's parts and anchor in memory. */

import { WardenError } from '../../../src/core/errors.ts';
import type { Clock } from '../../../src/core/ports.ts';
import type { AuditAnchor, AuditPart, AuditStore, PartEnd } from '../../../src/features/audit/audit-log.ts';
import { comparePart } from '../../../src/features/audit/audit-log.ts';
import { type ChainTip, EMPTY_CHAIN } from '../../../src/features/audit/entry.ts';
import type { AnchorState } from '../../../src/features/audit/segment.ts';
import { Faults } from './faults.ts';

/** An {@link AuditStore} that lives as long as its object. Its contents are open to a test that plays the attacker. */
export class MemoryAuditStore implements AuditStore {
  readonly faults = new Faults<'end' | 'open' | 'append' | 'read'>();
  readonly contents: { readonly part: AuditPart; text: string }[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async end(_fresh: boolean, segment?: string): Promise<PartEnd | undefined> {
    await this.faults.meet('end', '');
    const newest = this.#of(segment).at(-1);
    if (newest === undefined) return undefined;
    const lines = newest.text.split('\n').slice(0, -1);
    const lastLine = lines.at(-1);
    return {
      part: newest.part,
      position: Buffer.byteLength(newest.text),
      lines: lines.length,
      serviceTime: this.#clock.now(),
      ...(lastLine === undefined ? {} : { lastLine }),
    };
  }

  async open(part: AuditPart): Promise<void> {
    await this.faults.meet('open', part.day);
    if (this.#find(part) === undefined) this.contents.push({ part, text: '' });
    this.contents.sort((a, b) => comparePart(a.part, b.part));
  }

  async append(part: AuditPart, line: string, position: number): Promise<void> {
    await this.faults.meet('append', part.day);
    const content = this.#find(part);
    if (content === undefined || Buffer.byteLength(content.text) !== position) {
      throw new WardenError('state-conflict', { message: 'The part has another length by now.' });
    }
    content.text += line;
  }

  async *parts(segment?: string): AsyncGenerator<AuditPart> {
    for (const { part } of this.#of(segment)) yield part;
  }

  async segments(): Promise<readonly string[]> {
    const names = this.contents.flatMap(({ part }) => part.segment ?? []);
    return [...new Set(names)].sort();
  }

  async read(part: AuditPart, from = 0): Promise<string> {
    await this.faults.meet('read', part.day);
    return Buffer.from(this.#find(part)?.text ?? '')
      .subarray(from)
      .toString();
  }

  /** Makes other lines of those of the newest part. */
  rewrite(change: (lines: string[]) => string[]): void {
    const newest = this.contents.at(-1);
    if (newest !== undefined) {
      newest.text = change(newest.text.split('\n').slice(0, -1))
        .map((line) => `${line}\n`)
        .join('');
    }
  }

  /** All lines of all parts. */
  get lines(): readonly string[] {
    return this.contents.flatMap(({ text }) => text.split('\n').slice(0, -1));
  }

  #find(part: AuditPart) {
    return this.#of(part.segment).find((content) => comparePart(content.part, part) === 0);
  }

  #of(segment: string | undefined) {
    return this.contents.filter(({ part }) => part.segment === segment);
  }
}

/** An {@link AuditAnchor} that lives as long as its object. */
export class MemoryAuditAnchor implements AuditAnchor {
  tip: AnchorState | undefined;

  async read(): Promise<AnchorState | undefined> {
    return this.tip;
  }

  async begin(): Promise<void> {
    this.tip ??= EMPTY_CHAIN;
  }

  async advance(tip: ChainTip): Promise<void> {
    if (this.tip === undefined) throw new WardenError('audit-corrupt', { message: 'The anchor is gone.' });
    if (tip.seq > this.tip.seq) this.tip = { ...this.tip, ...tip };
  }

  async restart(state: AnchorState): Promise<void> {
    this.tip = state;
  }
}
