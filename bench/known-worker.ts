/** The heap that a sweep needs for what it knows of 5000 keys, with as many versions each as the argument says. */

import { readKnownBackups } from '../src/features/backup/known-backups.ts';
import { catalogueLine, catalogueText } from '../src/features/recovery-points/catalogue-text.ts';
import { MemoryDocumentStore } from '../test/support/memory/memory-document-store.ts';

const KEYS = 5000;
const HSM = 'contoso';
const AT = Date.UTC(2026, 10, 24, 2);

function* lines(versions: number): Generator<readonly string[]> {
  for (let n = 0; n < KEYS; n += 1) {
    const key = `orders-signing-${String(n).padStart(4, '0')}`;
    const ids = Array.from({ length: versions }, (_, v) => (n * versions + v).toString(16).padStart(32, '0'));
    const record = {
      format: 1,
      hsm: HSM,
      key,
      keyId: `https://${HSM}.managedhsm.azure.net/keys/${key}/${ids.at(-1)}`,
      createdAt: AT,
      updatedAt: AT,
      capturedAt: AT,
      sha256: String(n).padStart(64, '0'),
      bytes: 16_000,
      runId: '20261124T020000Z-nightly',
      versions: ids.map((version) => ({ version, thumbprint: version.padStart(43, 'x') })),
    } as const;
    yield [catalogueLine({ blob: `${HSM}/${key}/${n}`, storedAt: AT, record })];
  }
}

function heapInUse(): number {
  if (globalThis.gc === undefined) throw new Error('start me with --expose-gc');
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

const state = new MemoryDocumentStore();
await state.writeFrom(
  { kind: 'catalogue', hsm: HSM },
  catalogueText(HSM, lines(Number(process.argv[2]))),
  'absent',
);
const before = heapInUse();
const known = await readKnownBackups(state, HSM, 'another');
const heapMb = (heapInUse() - before) / 2 ** 20;
process.stdout.write(`${JSON.stringify({ keys: known.size, heapMb })}\n`);
