/** The first drill of a local world: owners of symmetric keys enrol them, then the drill app proves recovery points. */
import { randomBytes } from 'node:crypto';
import { BlobDocumentStore } from '../adapters/blob/blob-document-store.ts';
import { createBlobService } from '../adapters/blob/clients.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import { encryptValue } from '../emulator/crypto/encrypt.ts';
import { challengeOf } from '../features/drill/challenge.ts';
import { DRILLS, type DrillMessage } from '../features/drill/message.ts';
import { type DrillRun, readDrillState } from '../features/drill/model/drill-state.ts';
import { type Enrolment, readEnrolments, saveEnrolments } from '../features/drill/model/enrolments.ts';
import { CONTAINERS } from '../platform/config/product-settings.ts';
import { type Apps, storageAccess } from './start-apps.ts';
import { resourceOf } from './world/app-settings.ts';
import type { World } from './world/start-world.ts';

/** Keys of the first drill: all of the usual world, and a sample of one with thousands. */
const FIRST = 30;
const ALGORITHM = 'A256GCM';

/** What the owners of the symmetric keys would do with `hsm-warden drill enroll`. Keys that are enrolled already stay so. */
export async function enrolSeeds(world: World): Promise<void> {
  const store = stateOf(world);
  for (const hsm of world.hsms) {
    const known = await readEnrolments(store, hsm.name);
    for (const { name, versions } of hsm.state.keys.values()) {
      if (known.has(name) || versions[0]?.material.kty !== 'oct') continue;
      const enrolments = versions.map(({ id, material }): Enrolment => {
        const challenge = challengeOf({ hsm: resourceOf(hsm), key: name, version: id });
        const made = encryptValue(material, ALGORITHM, { value: challenge }, randomBytes);
        return {
          version: id,
          operation: 'decrypt',
          algorithm: ALGORITHM,
          value: made.value.toString('base64url'),
          iv: made.iv?.toString('base64url') ?? '',
          tag: made.tag?.toString('base64url') ?? '',
          enrolledAt: systemClock.now(),
        };
      });
      await saveEnrolments(store, hsm.name, name, enrolments);
    }
  }
}

/** Lets the drill app prove the recovery points that wait longest. Fails with what the app fails with. */
export async function drillNow(world: World, { drill }: Apps): Promise<DrillRun | undefined> {
  const runId = `first-${systemClock.now()}`;
  const message: DrillMessage = {
    kind: 'drill',
    drillHsm: world.drill.name,
    runId,
    what: { kind: 'sample', count: FIRST },
  };
  const outcome = await drill.deliver('drillWorker', DRILLS.schema.parse(message));
  if (outcome.status === 'failed') throw outcome.error;
  const { runs } = await readDrillState(stateOf(world), world.drill.name);
  return runs.find((run) => run.runId === runId);
}

/** What a person reads of it; without a run nothing was proven, and that is said. */
export function describeDrill(run: DrillRun | undefined): string {
  if (run === undefined) return 'No restore drill: its run left no record; nothing was proven.';
  const { proven, metadataOnly, unusable, failed, blocked, residue, refused } = run;
  if (refused !== undefined) return `No restore drill: ${refused.join(' ')}`;
  const open = metadataOnly - unusable;
  const parts = [
    `${proven} recovery points proven by using the restored keys`,
    ...(unusable > 0 ? [`${unusable} restored and compared, whose keys are disabled or expired`] : []),
    ...(open > 0 ? [`${open} restored and compared, but not used`] : []),
    ...(failed > 0 ? [`${failed} FAILED`] : []),
    ...(blocked > 0 ? [`${blocked} blocked`] : []),
  ];
  const rest =
    residue === 0 ? 'nothing was left in the drill HSM' : `${residue} keys are left in the drill HSM`;
  return `Restore drill: ${parts.join(', ')}; ${rest}.`;
}

function stateOf(world: World): BlobDocumentStore {
  const container = createBlobService(storageAccess(world)).getContainerClient(CONTAINERS.state);
  return new BlobDocumentStore({ container, clock: systemClock });
}
