/** Where a test leaves the recovery that the fixture app serves. */
import type { RecoveryApp } from '../../../src/features/recovery/app.ts';
import type { InvocationLog } from '../../../src/platform/app.ts';

/** Filled before the app is loaded. */
export const slot: { appFor: (log: InvocationLog) => RecoveryApp } = {
  appFor: () => {
    throw new Error('expected the test to fill the slot');
  },
};
