/** The measurements, by name. */
import { coldStart } from './cold-start.ts';
import { consoleAnswers } from './console.ts';
import { consolePages } from './console-pages.ts';
import { drills } from './drill.ts';
import { emulatorThroughput } from './emulator.ts';
import type { Figure } from './figure.ts';
import { fleet } from './fleet.ts';
import { known } from './known.ts';
import { lists } from './lists.ts';
import { recoveryTime } from './recovery.ts';
import { sealed } from './sealed.ts';
import { memory, paced, sequential, unbraked, unchanged } from './sweeps.ts';
import { verification } from './verify.ts';

/** In the order in which they run. */
export const BENCHES: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  paced,
  sealed,
  sequential,
  cpu: unbraked,
  unchanged,
  memory,
  known,
  cold: coldStart,
  emulator: emulatorThroughput,
  recovery: recoveryTime,
  drill: drills,
  fleet,
  lists,
  console: async () => [...(await consoleAnswers()), ...(await consolePages())],
  verify: verification,
};
