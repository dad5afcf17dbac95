/** Where a test leaves the recovery that the fixture app serves. */
import type { InvocationLog } from '../../../src/platform/app.ts';
import type { ApiApp } from '../../../src/platform/features.ts';

/** Filled before the app is loaded. */
export const slot: { appFor: (log: InvocationLog) => ApiApp } = {
  appFor: () => {
    throw new Error('expected the test to fill the slot');
  },
};
