/** How a process that goes on reads the decisions about HSMs. */
import { beforeEach, describe, expect, it } from 'vitest';
import { EMPTY_CHAIN, entryLine, lineBody } from '../../../src/features/audit/entry.ts';
import { decisionEvent } from '../../../src/features/fleet/decisions.ts';
import { SUBSCRIPTION, someHsms } from '../../contract/hsm-directory.ts';
import { FleetWorld } from '../../support/fleet-world.ts';

const ALICE = { kind: 'person', id: 'alice', name: 'Alice' } as const;
const [second, third] = ['hsm-0001', 'hsm-0002'];
let world: FleetWorld;

beforeEach(async () => {
  world = new FleetWorld();
  world.directory.hsms = someHsms(3);
  world.directory.subscriptions = [SUBSCRIPTION];
  await world.discover();
});

describe('a process that reads decisions', () => {
  it('passes over no decision behind bytes that are no text', async () => {
    const { auditStore } = world;
    await world.decide('added', second);
    const [part] = auditStore.contents;
    // Each ! is such a byte in the blob.
    if (part !== undefined) part.text += `${'!'.repeat(100)}\n`;
    auditStore.read = async (of, from = 0) => {
      const text = auditStore.contents.find((one) => one.part === of)?.text ?? '';
      const bytes = Buffer.from(text).map((byte) => (byte === 0x21 ? 0xff : byte));
      return Buffer.from(bytes).subarray(from).toString();
    };
    const reader = world.decided;
    await reader.read();
    const line = decisionEvent('excluded', someHsms(2)[1] ?? { name: '', resource: '' }, ALICE, 'because');
    const at = world.clock.now() + 1_000;
    const body = lineBody(world.anchor.tip ?? EMPTY_CHAIN, line, at, at, true);
    const sealed = await world.judge.decisions.sealLine(body);
    if (part !== undefined) part.text += entryLine(sealed);

    expect((await reader.read()).added).toEqual([]);
  });

  it('reads the log once, and then only what was appended', async () => {
    await world.decide('added', second);
    const reader = world.decided;
    await reader.read();
    const reads: number[] = [];
    const { read } = world.auditStore;
    world.auditStore.read = async (part, from = 0) => {
      reads.push(from);
      return read.call(world.auditStore, part, from);
    };
    await world.decide('added', third);
    reads.length = 0;

    expect((await reader.read()).added).toHaveLength(2);
    expect(reads).toHaveLength(1);
    expect(reads[0]).toBeGreaterThan(0);
  });
});
