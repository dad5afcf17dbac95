/** A world with sealing keys whose runs and verifications come to their ends, and somebody who can write its state. */
import { EventBus } from '../../src/core/events/bus.ts';
import { readMessage } from '../../src/core/queue.ts';
import { DEFAULT_RETRY } from '../../src/core/retry.ts';
import { ChainedAuditLog } from '../../src/features/audit/audit-log.ts';
import { Findings } from '../../src/features/recovery/findings/findings.ts';
import { wasSeen } from '../../src/features/status/hsm-status.ts';
import { judgeHsm } from '../../src/features/status/judge-hsm.ts';
import { readDated } from '../../src/features/status/read-dated.ts';
import { summarizeScan } from '../../src/features/status/summarize-scan.ts';
import { VERIFICATIONS } from '../../src/features/verify/message.ts';
import { verify } from '../../src/features/verify/verify.ts';
import { scan } from '../../src/features/watch/scan.ts';
import { MemoryAuditAnchor, MemoryAuditStore } from './memory/memory-audit-store.ts';
import { MemoryEventSink } from './memory/memory-event-sink.ts';
import { SealedWorld } from './sealed-world.ts';
import { aVerifyPolicy } from './verify-policy.ts';
import { aWatchPolicy } from './watch-world.ts';

const RESOURCE = 'https://contoso.managedhsm.azure.net';
const NEVER = new AbortController().signal;

export class DatedWorld extends SealedWorld {
  readonly topic = new MemoryEventSink();
  readonly audit = { auditStore: new MemoryAuditStore(this.clock), anchor: new MemoryAuditAnchor() };

  static override of(...keys: readonly string[]): DatedWorld {
    const world = new DatedWorld();
    for (const key of keys) world.hsm.createKey(key);
    return world;
  }

  get #watching() {
    const bus = new EventBus([this.topic], this.clock);
    return { ...this.deps, bus, pins: this.backups, retry: { ...DEFAULT_RETRY, attempts: 2 } };
  }

  /** One part of a verification. */
  verify(runId: string, change: Parameters<typeof aVerifyPolicy>[0] = {}) {
    return verify(this.#watching, aVerifyPolicy(change), { kind: 'verify', hsm: 'contoso', runId }, NEVER);
  }

  /** The part of a verification that another part has sent a message for. */
  verifyOn() {
    const message = this.queue.take(VERIFICATIONS);
    if (message === undefined) throw new Error('expected a verification to go on');
    return verify(this.#watching, aVerifyPolicy(), readMessage(VERIFICATIONS, message), NEVER);
  }

  /** The events of one type. */
  events(type: string) {
    return this.topic.accepted.filter((event) => event.type === `HsmWarden.${type}`);
  }

  scan() {
    return scan(this.#watching, aWatchPolicy(), undefined, NEVER);
  }

  /** A scan, and what it leaves for the home page. */
  async summarize(): Promise<void> {
    const { believed: state, clock, logger, sealer } = this;
    const { keys } = this.deps;
    const seals = { sealer, pinned: async () => sealer.pinned };
    const times = { scanSchedule: '0 */15 * * * *', drillDays: 30, drillHsms: [] };
    const deps = { keys, state, clock, logger, seals, resource: RESOURCE, ...times };
    await summarizeScan(deps, aWatchPolicy(), await this.scan(), NEVER);
  }

  dated() {
    return readDated(this.believed, 'contoso');
  }

  judged() {
    const deps = { ...this.#watching, ...this.audit, decisions: undefined };
    return judgeHsm(deps, aWatchPolicy(), NEVER);
  }

  async status() {
    const status = await this.judged();
    if (!wasSeen(status)) throw new Error(`expected to see the HSM: ${status.trouble.message}`);
    return status;
  }

  /** Changes a stored document as somebody does who can write the container of the state. */
  async forge(
    address: { kind: 'last-run' | 'verify' | 'watch'; hsm: string },
    change: (stored: object) => object,
  ) {
    const stored = await this.state.read(address);
    const text = JSON.stringify(change(stored === undefined ? {} : Object(JSON.parse(stored.text))));
    await this.state.write(address, text, stored === undefined ? 'absent' : { etag: stored.etag });
  }

  /** The lost keys as people are shown them, and may acknowledge them. */
  findings(): Findings {
    const { auditStore, anchor } = this.audit;
    return new Findings({
      store: this.believed,
      audit: new ChainedAuditLog(auditStore, anchor, this.clock),
      auditStore,
      anchor,
      decisions: undefined,
      hsmNames: ['contoso'],
      clock: this.clock,
      incidents: { acknowledgeKey: async () => undefined },
    });
  }
}
